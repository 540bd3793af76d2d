export function publishedManifest(manifest: object): object;
export function cleanManifest(): void;
export function restoreManifest(): void;
