import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** The project's folder. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** A folder that is removed at the end of the test, or of the test file when it was made outside of tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'users-emulator-test-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    onTestFinished(remove);
  } catch {
    afterAll(remove);
  }
  return folder;
}

/** A temporary folder in which the tests of the file work. */
export function temporaryWorkingFolder(): string {
  const folder = temporaryFolder();
  const before = process.cwd();
  process.chdir(folder);
  afterAll(() => process.chdir(before));
  return folder;
}
