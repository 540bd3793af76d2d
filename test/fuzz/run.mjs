// Bundles a program of this folder and runs it: Node 20 can't run TypeScript. node test/fuzz/run.mjs fuzz --seconds 60
import { spawn } from 'node:child_process';
import { build } from 'esbuild';

const [program, ...words] = process.argv.slice(2);
const outfile = `node_modules/.cache/users-emulator/${program}.mjs`;
await build({
  entryPoints: [`test/fuzz/${program}.ts`],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
});
spawn(process.execPath, ['--enable-source-maps', outfile, ...words], { stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
