import fs, { type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../support/errors.ts';

/** The file system as this folder uses it: `node:fs`, or a test's that fails. */
export type Disk = typeof fs;
export const disk: Disk = fs;

/** The mode of files that hold tokens and hashes: only their owner may read them. */
export const PRIVATE = 0o600;

/** A data file that can't be used. It is left unchanged. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** Errors of a rename while a virus scanner or an indexer has the file open. */
const TRANSIENT = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** The waits (ms) before each further try: a third of a second in all. */
const RETRY_DELAYS = [10, 20, 40, 80, 160];

/** Puts a complete file in the place of another: readers find one or the other, even after a power failure. */
export async function replaceFile(disk: Disk, from: string, to: string): Promise<void> {
  await renameFile(disk, from, to, RETRY_DELAYS);
  await syncFolder(disk, to);
}

async function renameFile(disk: Disk, from: string, to: string, delays: readonly number[]): Promise<void> {
  const [delay, ...rest] = delays;
  try {
    await disk.promises.rename(from, to);
  } catch (error) {
    if (delay === undefined || !TRANSIENT.has(codeOf(error) ?? '')) throw error;
    await sleep(delay);
    await renameFile(disk, from, to, rest);
  }
}

/** Makes the name of a file as durable as its content. */
export async function syncFolder({ promises }: Disk, file: string): Promise<void> {
  // Windows can't open folders, and doesn't need this
  if (process.platform === 'win32') return;
  const folder = await promises.open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Makes a folder and its missing parents. Node's own `recursive` never returns where the file system refuses a folder with
 * ENOENT, as /proc does.
 * @throws the file system's error
 */
export function makeFolder(disk: Disk, path: string, mode = 0o777): void {
  const parent = dirname(path);
  if (parent !== path && !disk.existsSync(parent)) makeFolder(disk, parent, mode);
  try {
    disk.mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !disk.statSync(path).isDirectory()) throw error;
  }
}

/**
 * Must be called before a file is opened: opening a named pipe would block until somebody opens its other end.
 * @returns undefined when there is no file
 * @throws Error when something other than a regular file is there
 */
export function statFile({ statSync }: Disk, file: string): Stats | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new Error(`${basename(file)} is not a regular file`);
  return stat;
}

/** Changes whenever a file is replaced or written; undefined: there is no file. @throws Error as `statFile` does */
export function identityOf(disk: Disk, file: string): string | undefined {
  const stat = statFile(disk, file);
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

/** A file's bytes; undefined: there is no file. @throws DataError */
export function readBytes(disk: Disk, file: string): Buffer | undefined {
  try {
    return statFile(disk, file) && disk.readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new DataError(`${file} can't be read: ${messageOf(error)}`);
  }
}
