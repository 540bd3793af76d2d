import { hostname } from 'node:os';
import { codeOf, messageOf } from '../support/errors.ts';
import { DataError, type Disk, PRIVATE, statFile, temporaryPath } from './disk.ts';

/** The process that holds a lock. */
interface Owner {
  readonly pid: number;
  /** When the process started: pids are reused. null: the system doesn't say. */
  readonly started: string | null;
  readonly host: string;
}

/** Every attempt that fails means that another process has changed the lock meanwhile: a few are enough to end any race. */
const MAX_ATTEMPTS = 10;
/** The time (ms) that a process may need from creating its lock to writing it. */
const WRITE_TIME = 50;

/** The locks that this process holds, for systems that don't say when a process started. */
const held = new Set<string>();

/**
 * Locks a file for this process. Takes over the lock of a process that has ended.
 * @param file the lock is beside it, in `<file>.lock`
 * @returns a function that releases the lock
 * @throws DataError that names the owner, or says why the lock can't be created
 */
export function lockFile(file: string, disk: Disk): () => void {
  const path = `${file}.lock`;
  const own = JSON.stringify({
    pid: process.pid,
    started: startOf(process.pid, disk),
    host: hostname(),
  } satisfies Owner);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (tryLock(path, own, disk)) {
      held.add(path);
      return () => {
        held.delete(path);
        if (read(path, disk) === own) disk.rmSync(path, { force: true });
      };
    }
    const found = readWritten(path, disk);
    if (found === undefined) continue;
    const owner = parse(found);
    if (owner && isAlive(owner, path, disk)) {
      const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
      throw new DataError(
        `${file} is in use by the process with pid ${owner.pid}${where}: stop it, or delete ${path} if it is not an emulator`,
      );
    }
    removeStale(path, found, disk);
  }
  throw new DataError(`${path} can't be taken over: other processes are trying the same`);
}

function tryLock(path: string, own: string, disk: Disk): boolean {
  try {
    disk.writeFileSync(path, own, { flag: 'wx', mode: PRIVATE });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new DataError(`${path} can't be created: ${messageOf(error)}`);
  }
}

/** Renames a stale lock away. If several processes race, one wins; a process that took a fresh lock by mistake puts it back. */
function removeStale(path: string, stale: string, disk: Disk): void {
  const aside = temporaryPath(path);
  try {
    disk.renameSync(path, aside);
    if (read(aside, disk) !== stale) disk.linkSync(aside, path);
    disk.rmSync(aside, { force: true });
  } catch {
    // another process was faster: the next attempt sees what it left
  }
}

function isAlive({ pid, started, host }: Owner, path: string, disk: Disk): boolean {
  // processes of another host can't be seen from here
  if (host !== hostname()) return true;
  if (started !== null) return startOf(pid, disk) === started;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** When a process started, as boot id and clock tick (Linux); null: it has ended, or the system doesn't say. */
function startOf(pid: number, disk: Disk): string | null {
  const stat = read(`/proc/${pid}/stat`, disk);
  const boot = read('/proc/sys/kernel/random/boot_id', disk);
  if (stat === undefined || boot === undefined) return null;
  // the second field is the name of the program, in parentheses, and may contain spaces
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : `${boot.trim()} ${fields[18]}`;
}

/** Reads a lock. If it is empty, its owner is about to write it, or has ended before it did: a short wait shows which. */
function readWritten(path: string, disk: Disk): string | undefined {
  const found = read(path, disk);
  if (found !== '') return found;
  // locking is synchronous, so that constructors can do it; an idle wait of 50 ms, before anything is served, harms nobody
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITE_TIME);
  return read(path, disk);
}

function read(path: string, disk: Disk): string | undefined {
  try {
    return statFile(disk, path) && disk.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(lock: string): Owner | undefined {
  try {
    const { pid, started, host }: Record<string, unknown> = JSON.parse(lock);
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, started: typeof started === 'string' ? started : null, host: String(host) };
  } catch {
    return undefined;
  }
}
