import fs, { type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../support/errors.ts';
import { createRandom, HEX } from '../support/random.ts';

/** The file system as this folder uses it: `node:fs`, or a test's that fails. */
export type Disk = typeof fs;
export const disk: Disk = fs;

/** The mode of files that hold tokens and hashes: only their owner may read them. */
export const PRIVATE = 0o600;

/** A data file that can't be used. It is left unchanged. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** A failed write that could not be taken off the disk: the next start may find what it wrote. */
export class UnsettledError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** Errors of a rename while a virus scanner or an indexer has the file open. */
const TRANSIENT = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** The waits (ms) before each further try: a third of a second in all. */
const RETRY_DELAYS = [10, 20, 40, 80, 160];

const random = createRandom();

/**
 * A new path for a file that is not complete yet, beside the file that it is for. Nobody can foretell it and put a link there.
 * Create the file with `wx`: that follows no link either.
 */
export function temporaryPath(file: string): string {
  return `${file}.${process.pid}-${random.token(HEX, 16)}.tmp`;
}

/** The end of such a path; without the random part, as earlier versions named them. */
export const TEMPORARY = /\.\d+(?:-[\da-f]+)?\.tmp$/;

/** Copies a file that another program has written, before it is replaced. A link at `to` is replaced, not followed. */
export async function saveCopy(disk: Disk, from: string, to: string): Promise<void> {
  // throws if something other than a file is there
  statFile(disk, to);
  const temporary = temporaryPath(to);
  await disk.promises.copyFile(from, temporary, disk.constants.COPYFILE_EXCL);
  await renameFile(disk, temporary, to);
}

/**
 * Puts a complete file in the place of another: readers find one or the other. Call `syncFolder` next, so that it stays there
 * after a power failure.
 */
export async function renameFile(disk: Disk, from: string, to: string, delays = RETRY_DELAYS): Promise<void> {
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
 * Must be called before a file is opened: opening a named pipe would block until somebody opens its other end.
 * @param links whether a link to a file will do
 * @returns undefined when there is no file
 * @throws Error when something other than a regular file is there
 */
export function statFile(disk: Disk, file: string, links = true): Stats | undefined {
  const stat = (links ? disk.statSync : disk.lstatSync)(file, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new Error(`${basename(file)} is not a regular file`);
  return stat;
}

/** Changes whenever a file is replaced or written; undefined: there is no file. @throws Error as `statFile` does */
export function identityOf(disk: Disk, file: string): string | undefined {
  const stat = statFile(disk, file);
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

/** A file's bytes; undefined: there is no file. @param links as for `statFile` @throws DataError */
export function readBytes(disk: Disk, file: string, links = true): Buffer | undefined {
  try {
    return statFile(disk, file, links) && disk.readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new DataError(`${file} can't be read: ${messageOf(error)}`);
  }
}

/** A file's text; undefined: it can't be read. */
export function readText(disk: Disk, file: string): string | undefined {
  try {
    return statFile(disk, file) && disk.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
