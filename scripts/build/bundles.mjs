// The bundles: one file with everything, two small ones that expose its public part, and files for what few runs need.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { CONSOLE_PAGE_PLUGIN } from './console.mjs';
import { createPlugin, LATE_PLUGIN, STUB_PLUGIN } from './stubs.mjs';

const OPTIONS = {
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  // readable stack traces; shorter names would not make the start faster
  minifyIdentifiers: false,
  // Node prints the source line of an uncaught error: it must not be the whole file
  lineLimit: 120,
  metafile: true,
  logLevel: 'warning',
};

/** Modules in files of their own, loaded at their first use: most runs need none of them. `library`: mostly code of libraries. */
const APART = {
  certificates: { filter: /\/certificates\.ts$/, entry: 'src/http/certificates.ts', library: true },
  completion: { filter: /\/completion\.ts$/, entry: 'src/cli/completion.ts' },
  chat: { filter: /\/xmpp-stream\.ts$/, entry: 'src/chat/xmpp-stream.ts', library: true },
  markdown: { filter: /\/markdown\.ts$/, entry: 'src/emulator/markdown.ts', library: true },
  multipart: { filter: /\/multipart\.ts$/, entry: 'src/http/multipart.ts' },
  nodemailer: { filter: /^nodemailer$/, entry: 'nodemailer', library: true },
};
/** Preloaded by the processes that `exec --intercept` starts. */
const PRELOAD = { in: 'src/intercept/preload.ts', out: 'intercept' };
const APART_PLUGIN = createPlugin('APART', Object.keys(APART), ({ onResolve }, name, matched) =>
  onResolve({ filter: APART[name].filter }, () => {
    matched();
    return { path: `./${name}.cjs`, external: true };
  }),
);
/** Modules for other programs, which load them by `import`. They use the library's file instead of a copy. */
const KITS = ['vite', 'vitest'];
const LIBRARY_PLUGIN = createPlugin('LIBRARY', ['src/index.ts'], ({ onResolve }, _path, matched) =>
  onResolve({ filter: /^\.\/index\.ts$/ }, () => {
    matched();
    return { path: './index.mjs', external: true };
  }),
);

/** @returns the paths of all files in the bundles */
export async function buildBundles() {
  const results = await Promise.all([
    build({
      ...OPTIONS,
      entryPoints: ['src/bundle.ts'],
      plugins: [APART_PLUGIN, CONSOLE_PAGE_PLUGIN, STUB_PLUGIN, LATE_PLUGIN],
      // as require: Node takes 100 ms to initialise its ESM loader
      supported: { 'dynamic-import': false },
    }),
    ...Object.entries(APART).map(([name, { entry, library = false }]) =>
      build({
        ...OPTIONS,
        entryPoints: [{ in: entry, out: name }],
        mainFields: ['module', 'main'],
        minifyIdentifiers: library,
      }),
    ),
    build({ ...OPTIONS, entryPoints: [PRELOAD] }),
    build({
      ...OPTIONS,
      entryPoints: KITS.map((name) => `src/${name}.ts`),
      plugins: [LIBRARY_PLUGIN],
      external: KITS,
      format: 'esm',
      outExtension: { '.js': '.mjs' },
    }),
  ]);
  await writeFaces();
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/** The files that `require` and `import` of the package load: the public part of the bundle, by name. */
async function writeFaces() {
  const { metafile } = await build({
    entryPoints: ['src/index.ts'],
    format: 'esm',
    write: false,
    outdir: 'dist',
    metafile: true,
  });
  const [{ exports }] = Object.values(metafile.outputs);
  const names = exports.join(', ');
  writeFileSync('dist/index.cjs', `const { ${names} } = require('./bundle.cjs');\nmodule.exports = { ${names} };\n`);
  writeFileSync('dist/index.mjs', `import index from './index.cjs';\nexport const { ${names} } = index;\n`);
}
