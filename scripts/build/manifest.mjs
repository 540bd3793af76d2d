// The package.json that is published: without what only the development of the package needs.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const MANIFEST = 'package.json';
const BACKUP = 'node_modules/.cache/users-emulator/package.json';

/**
 * A manifest without development: no vendor SDKs, no overrides of their dependencies, no scripts. Only the published JavaScript
 * is CommonJS; the sources are ES modules. TypeScript 5 with `module: commonjs` reads no `exports`, so `typesVersions` has the
 * types of the kits for it.
 */
export function publishedManifest({ devDependencies, overrides, scripts, ...published }) {
  const kits = Object.entries(published.exports).flatMap(([name, { require }]) =>
    name !== '.' && require ? [[name.slice('./'.length), [require.types]]] : [],
  );
  return { ...published, type: 'commonjs', typesVersions: { '*': Object.fromEntries(kits) } };
}

/** Before packing. The original is kept until `restoreManifest`. */
export function cleanManifest() {
  restoreManifest();
  const text = readFileSync(MANIFEST, 'utf8');
  mkdirSync(dirname(BACKUP), { recursive: true });
  writeFileSync(BACKUP, text);
  writeFileSync(MANIFEST, `${JSON.stringify(publishedManifest(JSON.parse(text)), null, 2)}\n`);
}

/** After packing; also at the next build or packing, if this one was interrupted. */
export function restoreManifest() {
  if (existsSync(BACKUP)) renameSync(BACKUP, MANIFEST);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'clean') cleanManifest();
  else restoreManifest();
}
