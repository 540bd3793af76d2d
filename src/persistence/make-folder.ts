import fs from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../support/errors.ts';

/**
 * Makes a folder and its missing parents. Node's own `recursive` never returns where the file system refuses a folder with
 * ENOENT, as /proc does.
 * @throws the file system's error
 */
export function makeFolder(
  path: string,
  mode = 0o777,
  disk: Pick<typeof fs, 'existsSync' | 'mkdirSync' | 'statSync'> = fs,
): void {
  const parent = dirname(path);
  if (parent !== path && !disk.existsSync(parent)) makeFolder(parent, mode, disk);
  try {
    disk.mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !disk.statSync(path).isDirectory()) throw error;
  }
}
