import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../support/clock.ts';
import { codeOf, messageOf } from '../support/errors.ts';
import { createRandom, HEX } from '../support/random.ts';
import { DataError, type Disk, PRIVATE, readText, statFile, temporaryPath } from './disk.ts';
import { ownIdentity, type ProcessIdentity, parseIdentity, stateOf } from './process-identity.ts';

/** Every attempt that fails means that another process has changed the lock meanwhile: a few are enough to end any race. */
const MAX_ATTEMPTS = 10;
/** The time (ms) that a process may need from creating its lock to writing it. */
const WRITE_TIME = 50;
/** How often (ms) the owner renews its lock, for processes that can't see whether it runs. */
const RENEWAL = 2000;
/** How long (ms) such a process waits for a renewal: an owner may be busy for some seconds, such as with a large import. */
const MAX_SILENCE = 10_000;

/** The locks that this process holds, for systems that don't say when a process started. */
const held = new Set<string>();
const random = createRandom();
const clock = new Clock();

/** A lock on a file for this process: `<file>.lock`, which names its owner. */
export class FileLock {
  readonly #path: string;
  readonly #text: string;
  readonly #disk: Disk;
  readonly #renewal: NodeJS.Timeout;
  /** The file that was found to be this lock: another one has another inode, or was created at another time. */
  #known: string | undefined;

  /**
   * Locks a file. Takes over the lock of a process that has ended, and that of one in another container that doesn't renew it.
   * @param warn receives a message if it has to wait
   * @throws DataError that names the owner, or says why the lock can't be created
   */
  static async acquire(file: string, disk: Disk, warn: (text: string) => void): Promise<FileLock> {
    const path = `${file}.lock`;
    const own = ownIdentity(disk);
    // two locks of one process must differ, too
    const text = JSON.stringify({ ...own, id: random.token(HEX, 16) });
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (tryLock(path, text, disk)) return new FileLock(path, text, disk);
      const found = await readWritten(path, disk);
      if (found === undefined) continue;
      const owner = parseIdentity(found);
      if (owner && (await isInUse(path, owner, own, disk, warn))) {
        throw new DataError(
          `${file} is in use by ${nameOf(owner, own)}: stop it, or delete ${path} if it is not an emulator`,
        );
      }
      removeStale(path, found, disk);
    }
    throw new DataError(`${path} can't be taken over: other processes are trying the same`);
  }

  private constructor(path: string, text: string, disk: Disk) {
    this.#path = path;
    this.#text = text;
    this.#disk = disk;
    held.add(path);
    this.#renewal = setInterval(() => void this.#renew(), RENEWAL).unref();
  }

  /**
   * Must be called before a write, so that the files of another process stay as they are, and after it, before it is confirmed:
   * a process that locks the file later reads what was written. A lock that was only deleted is created again.
   * @throws DataError when another process has locked the file
   */
  check(): void {
    // a fifth of the time of reading the file, which counts with each change
    const stat = this.#disk.lstatSync(this.#path, { throwIfNoEntry: false });
    const found = stat && stat.birthtimeMs > 0 ? `${stat.ino} ${stat.birthtimeMs}` : undefined;
    if (found !== undefined && found === this.#known) return;
    if (readText(this.#disk, this.#path) === this.#text) {
      this.#known = found;
      return;
    }
    if (tryLock(this.#path, this.#text, this.#disk)) return;
    const owner = parseIdentity(readText(this.#disk, this.#path) ?? '');
    throw new DataError(
      `${basename(this.#path)} was deleted, and ${owner ? nameOf(owner, ownIdentity(this.#disk)) : 'another process'} has locked the file`,
    );
  }

  release(): void {
    clearInterval(this.#renewal);
    held.delete(this.#path);
    if (readText(this.#disk, this.#path) === this.#text) this.#disk.rmSync(this.#path, { force: true });
  }

  /** Changes the time of the lock. If that fails, a process in another container may take the lock, which `check` notices. */
  async #renew(): Promise<void> {
    if (readText(this.#disk, this.#path) !== this.#text) return;
    const seconds = clock.systemNow() / 1000;
    await this.#disk.promises.lutimes(this.#path, seconds, seconds).catch(() => {});
  }
}

function nameOf({ pid, host }: ProcessIdentity, own: ProcessIdentity): string {
  return `the process with pid ${pid}${host === own.host ? '' : ` on ${host}`}`;
}

function tryLock(path: string, text: string, disk: Disk): boolean {
  try {
    disk.writeFileSync(path, text, { flag: 'wx', mode: PRIVATE });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // a full disk has room for the name, but not for all of the text
    const written = readText(disk, path);
    if (written !== undefined && text.startsWith(written)) disk.rmSync(path, { force: true });
    throw new DataError(`${path} can't be created: ${messageOf(error)}`);
  }
}

/** Renames a stale lock away. If several processes race, one wins; a process that took a fresh lock by mistake puts it back. */
function removeStale(path: string, stale: string, disk: Disk): void {
  const aside = temporaryPath(path);
  try {
    disk.renameSync(path, aside);
    if (readText(disk, aside) !== stale) disk.linkSync(aside, path);
    disk.rmSync(aside, { force: true });
  } catch {
    // another process was faster: the next attempt sees what it left
  }
}

async function isInUse(
  path: string,
  owner: ProcessIdentity,
  own: ProcessIdentity,
  disk: Disk,
  warn: (text: string) => void,
): Promise<boolean> {
  const state = stateOf(owner, own, held.has(path), disk);
  if (state !== 'hidden') return state !== 'ended';
  warn(
    `${path} was created by ${nameOf(owner, own)}, in another container: waiting for up to ${MAX_SILENCE / 1000} s to see whether it still runs`,
  );
  const version = versionOf(path, disk);
  for (let waited = 0; waited < MAX_SILENCE; waited += RENEWAL / 4) {
    await sleep(RENEWAL / 4);
    if (versionOf(path, disk) !== version) return true;
  }
  return false;
}

/** Changes with each renewal, and when the lock is removed. */
function versionOf(path: string, disk: Disk): string {
  const stat = statFile(disk, path, false);
  return `${stat?.ino} ${stat?.mtimeMs}`;
}

/** Reads a lock. If it is empty, its owner is about to write it, or has ended before it did: a short wait shows which. */
async function readWritten(path: string, disk: Disk): Promise<string | undefined> {
  const found = readText(disk, path);
  if (found !== '') return found;
  await sleep(WRITE_TIME);
  return readText(disk, path);
}
