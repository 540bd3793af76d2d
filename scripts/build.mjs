// Bundles the package: one file with everything, two small ones that show its public part, and the type declarations.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { consolePage, PAGE } from './console.mjs';

rmSync('dist', { recursive: true, force: true });

const names = exportsOf('src/index.ts').join(', ');
const options = {
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  // Node prints the line of an error that nobody caught: it had better not be the whole file
  lineLimit: 120,
  metafile: true,
  logLevel: 'warning',
};
// files of their own for what few runs need: the others don't even have to read them
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/certificates\.ts$/ }, () => ({ path: './certificates.cjs', external: true }));
    onResolve({ filter: /\/multipart\.ts$/ }, () => ({ path: './multipart.cjs', external: true }));
    onResolve({ filter: /^nodemailer$/ }, () => ({ path: './nodemailer.cjs', external: true }));
  },
};
const page = {
  name: 'page',
  setup: ({ onLoad }) => onLoad({ filter: PAGE }, async () => ({ contents: await consolePage(), loader: 'text' })),
};
// what the libraries bring and nothing here calls, more than half of the bundle: charsets and MIME types (bodies are read as bytes,
// answers say their own type), Express' other body parsers, and writing query strings
const UNUSED = {
  'iconv-lite/lib/index.js': 'charsets',
  'mime-db/db.json': undefined,
  'body-parser/lib/types/json.js': 'express.json',
  'body-parser/lib/types/text.js': 'express.text',
  'body-parser/lib/types/urlencoded.js': 'express.urlencoded',
  'qs/lib/stringify.js': 'qs.stringify',
  'object-inspect/index.js': 'object-inspect',
  'ipaddr.js/lib/ipaddr.js': 'req.ip',
  'send/index.js': 'res.sendFile',
  'serve-static/index.js': 'express.static',
  'content-disposition/index.js': 'res.attachment',
  'negotiator/index.js': 'req.accepts',
  'cookie/index.js': 'res.cookie',
  'range-parser/index.js': 'req.range',
};
// Express' tracing, which DEBUG switches on: who sets that for a program of their own doesn't mean what serves it
const SILENT = /node_modules\/debug\/src\/index\.js$/;
const lean = {
  name: 'lean',
  setup({ onLoad }) {
    const paths = Object.keys(UNUSED).map((path) => path.replaceAll('.', '\\.'));
    onLoad({ filter: new RegExp(`node_modules/(?:${paths.join('|')})$`) }, ({ path }) => {
      const what = UNUSED[path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)];
      const refuse = `module.exports = () => { throw new Error('${what} is left out by scripts/build.mjs'); };`;
      return what === undefined ? { contents: '{}', loader: 'json' } : { contents: refuse, loader: 'js' };
    });
    onLoad({ filter: SILENT }, () => ({ contents: 'module.exports = () => () => {};' }));
  },
};
// Node's own modules that take long to load and are needed by few runs: loaded at the first call
const LATE = {
  'node:zlib': { by: 'body-parser', calls: ['createInflate', 'createGunzip', 'createBrotliDecompress'] },
  'node:child_process': { by: 'commander', calls: ['spawn'] },
};
const late = {
  name: 'late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(LATE).join('|')})$`) }, ({ path, importer }) =>
      importer.includes(`node_modules/${LATE[path].by}/`) ? { path, namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: LATE[path].calls
        .map((name) => `exports.${name} = (...a) => require('${path}').${name}(...a);`)
        .join('\n'),
    }));
  },
};
// what stands on the library doesn't bring another one
const onTop = {
  name: 'on-top',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/index\.ts$/ }, () => ({ path: './index.mjs', external: true })),
};
const results = await Promise.all([
  build({
    ...options,
    entryPoints: ['src/bundle.ts'],
    plugins: [apart, page, lean, late],
    // as require: Node takes 100 ms to get its other loader ready
    supported: { 'dynamic-import': false },
  }),
  build({
    ...options,
    entryPoints: ['src/http/certificates.ts'],
    mainFields: ['module', 'main'],
  }),
  build({ ...options, entryPoints: ['src/http/multipart.ts'] }),
  build({ ...options, entryPoints: ['nodemailer'] }),
  build({
    ...options,
    entryPoints: ['src/vitest.ts'],
    plugins: [onTop],
    external: ['vitest'],
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  }),
]);
writeFileSync('dist/index.cjs', `const { ${names} } = require('./bundle.cjs');\nmodule.exports = { ${names} };\n`);
writeFileSync('dist/index.mjs', `import index from './index.cjs';\nexport const { ${names} } = index;\n`);

execFileSync(
  process.execPath,
  [createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { stdio: 'inherit' },
);
pruneTypes(['dist/types/src/index.d.ts', 'dist/types/src/vitest.d.ts']);
writeLicenses(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));

/** The names of the values that a module exports. */
function exportsOf(file) {
  const source = readFileSync(file, 'utf8');
  const named = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(','));
  const declared = [...source.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  return [...named.map((name) => name.trim()).filter((name) => name && !name.startsWith('type ')), ...declared];
}

/** Removes the declarations that those of the public files don't lead to. */
function pruneTypes(reached) {
  for (const file of reached) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']*)\.ts'/g)) {
      const next = `${join(dirname(file), path)}.d.ts`;
      if (!reached.includes(next)) reached.push(next);
    }
  }
  for (const file of readdirSync('dist/types', { recursive: true })) {
    const path = join('dist/types', file);
    if (path.endsWith('.d.ts') && !reached.includes(path)) rmSync(path);
  }
}

/** The licences of all packages that went into the bundles. */
function writeLicenses(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder) folders.add(folder);
  }
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseOf(folder)}`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  writeFileSync(
    'dist/THIRD-PARTY-LICENSES.txt',
    `users-emulator contains these packages:\n${rule}${notices.join(rule)}`,
  );
}

function licenseOf(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'License', 'LICENSE-MIT']) {
    try {
      return readFileSync(`${folder}/${name}`, 'utf8');
    } catch {
      // the next name
    }
  }
  return 'The package has no licence file of its own; its package.json names the licence above.\n';
}
