import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../support/errors.ts';

/** Creates a folder in the system's folder for temporary files, private to the user. @throws Error that says what to do */
export function makeTemporaryFolder(): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(join(parent, 'users-emulator-'));
  } catch (error) {
    const variable = process.platform === 'win32' ? 'TEMP' : 'TMPDIR';
    throw new Error(
      `no folder can be created in ${parent} (${reasonOf(error)}): set ${variable} to a folder that you can write to`,
    );
  }
}
