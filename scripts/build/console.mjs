// The web console: its page, style and script as one text, for the build and for the tests.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../../src/console/', import.meta.url));

/** Whether a path is that of the page, which is imported as a text. */
export const PAGE = /\/console\/page\.html$/;

const bundle = () =>
  build({
    entryPoints: [`${folder}main.tsx`, `${folder}style.css`],
    outdir: folder,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
    metafile: true,
  });

/** @returns the paths of the files in the page's script */
export async function consoleInputs() {
  const { metafile } = await bundle();
  return Object.keys(metafile.inputs);
}

/** @returns the page as it is served; only its own script may run in it */
export async function consolePage() {
  const { outputFiles } = await bundle();
  const [script, style] = ['.js', '.css'].map((kind) =>
    outputFiles.find(({ path }) => path.endsWith(kind)).text.trim(),
  );
  const hash = `sha256-${createHash('sha256').update(script).digest('base64')}`;
  const parts = { script, style, hash };
  return readFileSync(`${folder}page.html`, 'utf8').replace(/\/\*(script|style|hash)\*\//g, (_, name) => parts[name]);
}

/** For esbuild: gives the page to those who import it. */
export const CONSOLE_PAGE_PLUGIN = {
  name: 'console-page',
  setup: ({ onLoad }) => onLoad({ filter: PAGE }, async () => ({ contents: await consolePage(), loader: 'text' })),
};
