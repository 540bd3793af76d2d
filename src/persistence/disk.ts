import fs, { type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../support/errors.ts';

/** What the store needs of `node:fs`; a test gives one that fails. */
export type Disk = typeof fs;
export const disk: Disk = fs;

/** Only its owner may read what holds tokens and hashes. */
export const PRIVATE = 0o600;

/** Why a data file can't be used. It is left as it is. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** Renames that fail because somebody (a virus scanner, an indexer) has the file open for a moment. */
const MOMENTARY = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** ms to wait before each further try: a third of a second in all. */
const PATIENCE = [10, 20, 40, 80, 160];

/** Puts a complete file in the place of another: a reader finds the one or the other, also after a power failure. */
export async function replaceFile(disk: Disk, from: string, to: string): Promise<void> {
  await renameFile(disk, from, to, PATIENCE);
  await syncFolder(disk, to);
}

async function renameFile(disk: Disk, from: string, to: string, patience: readonly number[]): Promise<void> {
  const [wait, ...rest] = patience;
  try {
    await disk.promises.rename(from, to);
  } catch (error) {
    if (wait === undefined || !MOMENTARY.has(codeOf(error) ?? '')) throw error;
    await sleep(wait);
    await renameFile(disk, from, to, rest);
  }
}

/** Makes a file's name as durable as its content. */
export async function syncFolder({ promises }: Disk, file: string): Promise<void> {
  // Windows can't open a folder, and needs not
  if (process.platform === 'win32') return;
  const folder = await promises.open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Makes a folder, and those above it that are missing. Node's own `recursive` never comes back from places that refuse a
 * folder as if one above it were missing, such as /proc.
 * @throws the file system's error
 */
export function makeFolder(disk: Disk, path: string, mode = 0o777): void {
  const above = dirname(path);
  if (above !== path && !disk.existsSync(above)) makeFolder(disk, above, mode);
  try {
    disk.mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !disk.statSync(path).isDirectory()) throw error;
  }
}

/**
 * What the system knows of a file, to be asked before it is opened: a pipe would be waited for until somebody comes to its
 * other end.
 * @returns undefined when there is none
 * @throws Error when something else is in its place
 */
export function statFile({ statSync }: Disk, file: string): Stats | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new Error(`${basename(file)} is no regular file`);
  return stat;
}

/** What tells a file from one that has taken its place, or was written anew; undefined: there is none. @throws Error as `statFile` */
export function identityOf(disk: Disk, file: string): string | undefined {
  const stat = statFile(disk, file);
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

/** A file's bytes; undefined: there is none. @throws DataError */
export function readBytes(disk: Disk, file: string): Buffer | undefined {
  try {
    return statFile(disk, file) && disk.readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new DataError(`${file} can't be read: ${messageOf(error)}`);
  }
}
