// The store's tests in full: the server killed 200 times (or as often as said) under writers, and every step of the disk failing.
// node bench/crash.mjs [times]; build before.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const times = process.argv[2] ?? '200';
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--testTimeout=600000', 'test/persistence/crash.test.ts', 'test/persistence/crash-points.test.ts'],
  { cwd: new URL('../', import.meta.url), env: { ...process.env, CRASHES: times }, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
