// Runs the sources, and restarts at each change, without checking types: npm run dev -- --port 4300
// With --inspect, a debugger can attach to the server: npm run dev -- --inspect
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { context } from 'esbuild';
import { CONSOLE_PAGE_PLUGIN } from './build/console.mjs';

/** An editor writes several files at once (ms). */
const SETTLE = 30;
const PROGRAM = 'node_modules/.cache/users-emulator/dev.mjs';
const START = `import('./${PROGRAM}').then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })`;
const builder = await context({
  entryPoints: ['src/bundle.ts'],
  outfile: PROGRAM,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
  plugins: [CONSOLE_PAGE_PLUGIN],
});
const words = process.argv.slice(2);
const isInspect = (word) => /^--inspect(-brk)?(=|$)/.test(word);
let server;
let timer;

async function run() {
  const isBuilt = await builder.rebuild().then(
    () => true,
    () => false, // esbuild has printed the errors
  );
  if (!isBuilt) return;
  await stop();
  const options = [...words.filter(isInspect), '--enable-source-maps', '--eval', START];
  const args = words.filter((word) => !isInspect(word));
  server = spawn(process.execPath, [...options, '--', ...args], { stdio: 'inherit' });
}

function stop() {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return undefined;
  return new Promise((resolve) => {
    server.once('exit', resolve);
    server.kill();
  });
}

let running = run();
watch('src', { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    running = running.then(run);
  }, SETTLE);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stop();
    process.exit();
  });
}
