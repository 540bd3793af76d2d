import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, temporaryFolder } from './folder.ts';

export const NOBODY = 65_534;

/**
 * The arguments of Node that run the built program as a user without rights, for tests that root starts. The program is a copy
 * that everybody can read: the checkout may be below a folder that only root can enter, and so may Node, which therefore starts
 * as root.
 */
export function unprivilegedProgram(): string[] {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  for (const part of ['bin', 'dist']) {
    mkdirSync(join(folder, part));
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  const drop = join(folder, 'drop-rights.cjs');
  writeFileSync(drop, `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});`);
  return ['--require', drop, join(folder, 'bin/users-emulator.js')];
}
