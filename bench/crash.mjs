// The persistence tests in full: kills the server 200 times (or `times`) under writers, and fails every step of the disk.
// After `npm run build`: node bench/crash.mjs [times]
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
