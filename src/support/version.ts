import manifest from '../../package.json' with { type: 'json' };

/** The version and the description of the package. */
export const { version, description } = manifest;
