// The type declarations of the package, from those that `tsc` wrote: the public files and all that they import.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

const DECLARATIONS = 'node_modules/.cache/users-emulator/types/src';
/** `tsc` quotes the imports that it writes itself doubly. */
const IMPORT = /(from |import\()(['"])(\.[^'"]*)\.ts\2/g;

/** The files that some files need: these, and all that they import from their folder and those below. */
function withImports(...files) {
  const [folder] = files.map(posix.dirname);
  for (const file of files) {
    for (const [, , , path] of textOf(file).matchAll(IMPORT)) {
      const imported = posix.join(posix.dirname(file), path);
      if (imported.startsWith(folder === '.' ? '' : `${folder}/`) && !files.includes(imported)) files.push(imported);
    }
  }
  return files;
}

function textOf(file) {
  return readFileSync(join(DECLARATIONS, `${file}.d.ts`), 'utf8');
}

rmSync('dist/types', { recursive: true, force: true });
for (const file of withImports('index')) {
  const target = join('dist/types', `${file}.d.ts`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, textOf(file).replace(IMPORT, '$1$2$3.js$2'));
}
// `import` gets the same classes as `require`, but no default export
for (const face of ['index.d.cts', 'index.d.mts'])
  writeFileSync(join('dist', face), "export * from './types/index.js';\n");

/** The declarations of the kits: for ES modules and, except for kits of programs that are ES modules only, for CommonJS. */
const FORMATS = { mjs: 'mts', cjs: 'cts' };
for (const file of readdirSync('dist/kits').filter((each) => /\.d\.[cm]ts$/.test(each)))
  rmSync(join('dist/kits', file));
for (const [module, declaration] of Object.entries(FORMATS)) {
  const kits = readdirSync('dist/kits').filter((file) => file.endsWith(`.${module}`));
  for (const file of withImports(...kits.map((kit) => `kits/${basename(kit, `.${module}`)}`)))
    writeFileSync(join('dist', `${file}.d.${declaration}`), textOf(file).replace(IMPORT, `$1$2$3.${module}$2`));
}
