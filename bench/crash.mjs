// The persistence tests in full: kills the server 500 times (or `times`) under writers and under changes of whole sandboxes
// (snapshots, restore, reset, import, deletion), and fails every step of the disk. Nothing that was confirmed may be lost.
// After `npm run build`: node bench/crash.mjs [times]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const times = process.argv[2] ?? '500';
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--testTimeout=600000', 'test/persistence/crash.test.ts', 'test/persistence/crash-points.test.ts'],
  { cwd: new URL('../', import.meta.url), env: { ...process.env, CRASHES: times }, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
