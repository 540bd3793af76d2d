import manifest from '../../package.json' with { type: 'json' };

/** The version and the description of the package. */
export const { version, description, engines } = manifest;

/** Why this Node.js is too old, in words; undefined if it isn't. */
export function nodeProblem(running = process.versions.node): string | undefined {
  const oldest = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldest.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `users-emulator needs Node.js ${oldest} or newer; this is ${running}`;
}
