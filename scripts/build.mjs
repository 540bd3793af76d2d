// Builds dist/ without type declarations, which `npm run build:types` adds.
import { rmSync } from 'node:fs';
import { buildBundles } from './build/bundles.mjs';
import { consoleInputs } from './build/console.mjs';
import { writeLicenses } from './build/licenses.mjs';
import { restoreManifest } from './build/manifest.mjs';
import { checkSize } from './build/size.mjs';

restoreManifest();
rmSync('dist', { recursive: true, force: true });
writeLicenses([...(await buildBundles()), ...(await consoleInputs())]);
checkSize();
