// The type declarations of the package, from those that `tsc` wrote: the public files and all that they import.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

const DECLARATIONS = 'node_modules/.cache/users-emulator/types/src';
/** `tsc` quotes the imports that it writes itself doubly. */
const IMPORT = /(from |import\()(['"])(\.[^'"]*)\.ts\2/g;

rmSync('dist/types', { recursive: true, force: true });
const files = ['index'];
for (const file of files) {
  const text = readFileSync(join(DECLARATIONS, `${file}.d.ts`), 'utf8');
  for (const [, , , path] of text.matchAll(IMPORT)) {
    const imported = posix.join(posix.dirname(file), path);
    if (!files.includes(imported)) files.push(imported);
  }
  const target = join('dist/types', `${file}.d.ts`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text.replace(IMPORT, '$1$2$3.js$2'));
}
// `import` gets the same classes as `require`, but no default export
for (const face of ['index.d.cts', 'index.d.mts'])
  writeFileSync(join('dist', face), "export * from './types/index.js';\n");

/** The declarations of the kits: for ES modules and, but for kits of programs that are ES modules only, for CommonJS. */
const FORMATS = { mjs: 'mts', cjs: 'cts' };
mkdirSync('dist/kits', { recursive: true });
for (const file of readdirSync(join(DECLARATIONS, 'kits'))) {
  const text = readFileSync(join(DECLARATIONS, 'kits', file), 'utf8');
  const kit = join('dist/kits', basename(file, '.d.ts'));
  for (const [module, declaration] of Object.entries(FORMATS)) {
    if (module === 'cjs' && existsSync(`${kit}.mjs`) && !existsSync(`${kit}.cjs`)) continue;
    writeFileSync(`${kit}.d.${declaration}`, text.replace(IMPORT, `$1$2$3.${module}$2`));
  }
}
