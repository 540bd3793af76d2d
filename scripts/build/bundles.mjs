// The bundles: one file with everything, two small ones that expose its public part, and files for what few runs need.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { CONSOLE_PAGE_PLUGIN } from './console.mjs';
import {
  CONTAINER_PLUGIN,
  createPlugin,
  LATE_PLUGIN,
  LIBRARY_PLUGIN,
  MAIL_STUB_PLUGIN,
  MANIFEST_PLUGIN,
  PROTOCOL_STUB_PLUGIN,
  REPLACEMENT_PLUGIN,
  STUB_PLUGIN,
  VALIDATOR_PLUGIN,
} from './stubs.mjs';

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

/**
 * Modules in files of their own, loaded at their first use: most runs need none of them. `library`: mostly code of libraries;
 * `shared`: modules that are in other files; `shortNames`: for the package's size.
 */
const APART = {
  certificates: {
    filter: /\/certificates\.ts$/,
    entry: 'src/http/certificates.ts',
    library: true,
    plugins: [CONTAINER_PLUGIN],
  },
  conform: {
    filter: /\/conform\/index\.ts$/,
    entry: 'src/conform/index.ts',
    shared: ['src/chat/xmpp-stream.ts'],
    shortNames: true,
  },
  completion: { filter: /\/completion\.ts$/, entry: 'src/cli/completion.ts' },
  chat: { filter: /\/xmpp-stream\.ts$/, entry: 'src/chat/xmpp-stream.ts', library: true },
  markdown: { filter: /\/markdown\.ts$/, entry: 'src/emulator/markdown.ts', library: true },
  mcp: {
    filter: /\/mcp\/serve\.ts$/,
    entry: 'src/mcp/serve.ts',
    library: true,
    plugins: [PROTOCOL_STUB_PLUGIN, VALIDATOR_PLUGIN],
  },
  multipart: { filter: /\/multipart\.ts$/, entry: 'src/http/multipart.ts' },
  sweep: { filter: /\/sweep\/sweep\.ts$/, entry: 'src/sweep/sweep.ts', shortNames: true },
  trust: { filter: /\/cli\/trust\.ts$|^\.\/trust\.ts$/, entry: 'src/cli/trust.ts' },
  nodemailer: { filter: /^nodemailer$/, entry: 'nodemailer', library: true, plugins: [MAIL_STUB_PLUGIN] },
};
/** Preloaded by the processes that `exec --intercept` starts. */
const PRELOAD = { in: 'src/intercept/preload.ts', out: 'intercept' };
const APART_PLUGIN = createPlugin('APART', Object.keys(APART), ({ onResolve }, name, matched) =>
  onResolve({ filter: APART[name].filter }, () => {
    matched();
    return { path: `./${name}.cjs`, external: true };
  }),
);
/** Modules for other programs, which load them by `import` or `require`. */
const KITS = ['cypress', 'jest', 'jest-teardown', 'node', 'playwright'];
/** The same for programs that are ES modules only. */
const MODULE_KITS = ['vite', 'vitest'];
/** Kits use the files of the library, one file for what they share, and each other, instead of copies. The files are in dist/. */
const SHARED = {
  'src/index.ts': { filter: /^\.\.\/index\.ts$/, file: 'index.cjs' },
  'src/chat/xmpp-stream.ts': { filter: /^\.\.\/chat\/xmpp-stream\.ts$/, file: 'chat.cjs' },
  'src/dialects/index.ts': { filter: /^\.\.\/dialects\/index\.ts$/, file: 'bundle.cjs' },
  'src/kits/jest.ts': { filter: /^\.\/jest\.ts$/, file: 'kits/jest.cjs' },
  'src/kits/shared.ts': { filter: /^\.\/shared\.ts$/, file: 'kits.cjs' },
};
/** @param dist the way from the importing files to dist/ */
const sharedPlugin = (dist, keys) =>
  createPlugin('SHARED', keys, ({ onResolve }, key, matched) =>
    onResolve({ filter: SHARED[key].filter }, () => {
      matched();
      return { path: dist + SHARED[key].file, external: true };
    }),
  );

/** @returns the paths of all files in the bundles */
export async function buildBundles() {
  const results = await Promise.all([
    build({
      ...OPTIONS,
      entryPoints: ['src/bundle.ts'],
      plugins: [
        APART_PLUGIN,
        CONSOLE_PAGE_PLUGIN,
        STUB_PLUGIN,
        REPLACEMENT_PLUGIN,
        MANIFEST_PLUGIN,
        LATE_PLUGIN,
        LIBRARY_PLUGIN,
      ],
      // as require: Node takes 100 ms to initialise its ESM loader
      supported: { 'dynamic-import': false },
    }),
    ...Object.entries(APART).map(
      ([name, { entry, library = false, shortNames = library, shared = [], plugins = [] }]) =>
        build({
          ...OPTIONS,
          entryPoints: [{ in: entry, out: name }],
          mainFields: ['module', 'main'],
          plugins: library ? plugins : [sharedPlugin('./', shared), ...plugins, LIBRARY_PLUGIN],
          minifyIdentifiers: shortNames,
        }),
    ),
    build({ ...OPTIONS, entryPoints: [PRELOAD] }),
    build({
      ...OPTIONS,
      entryPoints: [{ in: 'src/kits/shared.ts', out: 'kits' }],
      plugins: [sharedPlugin('./', ['src/index.ts'])],
    }),
    build({
      ...OPTIONS,
      entryPoints: KITS.map((kit) => `src/kits/${kit}.ts`),
      outdir: 'dist/kits',
      plugins: [
        sharedPlugin('../', [
          'src/chat/xmpp-stream.ts',
          'src/dialects/index.ts',
          'src/kits/jest.ts',
          'src/kits/shared.ts',
        ]),
      ],
      external: ['@playwright/test'],
      // never runs: it shows readers of code that there is a default export, as esbuild does for the others
      footer: { js: '0 && (exports.default = undefined);' },
    }),
    build({
      ...OPTIONS,
      entryPoints: MODULE_KITS.map((kit) => `src/kits/${kit}.ts`),
      outdir: 'dist/kits',
      plugins: [sharedPlugin('../', ['src/index.ts', 'src/kits/shared.ts'])],
      external: MODULE_KITS,
      format: 'esm',
      outExtension: { '.js': '.mjs' },
    }),
  ]);
  checkErrors(results);
  await writeFaces();
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/**
 * Errors are recognised by their classes, and a copy of a class is another class.
 * @throws Error if the class of an error is in two files
 */
function checkErrors(results) {
  const places = new Map();
  for (const [file, { inputs }] of results.flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
    for (const input of Object.keys(inputs).filter((each) => /^src\/.*\.ts$/.test(each))) {
      if (!/class \w+ extends Error/.test(readFileSync(input, 'utf8'))) continue;
      const other = places.get(input);
      if (other !== undefined) throw new Error(`the errors of ${input} are both in ${other} and in ${file}`);
      places.set(input, file);
    }
  }
}

/** The files that `import` of the package loads, and for the library also the one of `require`: the public parts of bundles, by name. */
async function writeFaces() {
  const { metafile } = await build({
    entryPoints: ['src/index.ts', ...KITS.map((kit) => `src/kits/${kit}.ts`)],
    format: 'esm',
    write: false,
    outdir: 'dist',
    metafile: true,
  });
  const exportsOf = (entry) => Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry).exports;
  const names = exportsOf('src/index.ts').join(', ');
  writeFileSync('dist/index.cjs', `const { ${names} } = require('./bundle.cjs');\nmodule.exports = { ${names} };\n`);
  writeFileSync('dist/index.mjs', `import index from './index.cjs';\nexport const { ${names} } = index;\n`);
  for (const kit of KITS) {
    const names = exportsOf(`src/kits/${kit}.ts`);
    const lines = [`import kit from './${kit}.cjs';`];
    const named = names.filter((name) => name !== 'default');
    if (named.length > 0) lines.push(`export const { ${named.join(', ')} } = kit;`);
    if (named.length < names.length) lines.push('export default kit.default;');
    writeFileSync(`dist/kits/${kit}.mjs`, `${lines.join('\n')}\n`);
  }
}
