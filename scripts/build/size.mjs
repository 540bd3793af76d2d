// Keeps the package small.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** The most that the code in dist/ may take in a packed package (bytes). */
const BUDGET = 485_000;

/** @throws Error if the bundles have outgrown the budget */
export function checkSize() {
  const files = readdirSync('dist', { recursive: true }).filter((file) => /\.[cm]js$/.test(file));
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length, 0);
  process.stderr.write(`dist: ${Math.round(size / 1000)} kB compressed, of ${BUDGET / 1000} kB\n`);
  if (size > BUDGET) throw new Error(`the bundles are larger than the budget in scripts/build/size.mjs`);
}
