import { hostname } from 'node:os';
import { codeOf, messageOf } from '../support/errors.ts';
import { DataError, type Disk, PRIVATE, statFile } from './disk.ts';

interface Owner {
  readonly pid: number;
  /** When the process began, where the system tells: a pid is given to another process some day. */
  readonly started: string | null;
  readonly host: string;
}

/** A race for a stale lock is over after a few rounds. */
const ROUNDS = 10;
/** ms within which a lock that was just made is written. */
const MOMENT = 50;

/** The locks of this process, for systems that don't tell when a process began. */
const held = new Set<string>();

/**
 * Makes a file one process' own. The lock of a process that has ended is taken over.
 * @param file the lock is beside it
 * @returns gives it back
 * @throws DataError naming the owner, or why there can't be a lock
 */
export function lockFile(file: string, disk: Disk): () => void {
  const path = `${file}.lock`;
  const own = JSON.stringify({
    pid: process.pid,
    started: startOf(process.pid, disk),
    host: hostname(),
  } satisfies Owner);
  for (let round = 0; round < ROUNDS; round++) {
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
        `${file} is in use by the process with pid ${owner.pid}${where}: stop it, or delete ${path} if it is no emulator`,
      );
    }
    takeAway(path, found, disk);
  }
  throw new DataError(`${path} could not be taken over: others do so at the same time`);
}

function tryLock(path: string, own: string, disk: Disk): boolean {
  try {
    disk.writeFileSync(path, own, { flag: 'wx', mode: PRIVATE });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new DataError(`${path} can't be made: ${messageOf(error)}`);
  }
}

/** Moves a stale lock away. Of several that try, one gets it; who gets another's fresh lock puts it back. */
function takeAway(path: string, stale: string, disk: Disk): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    disk.renameSync(path, aside);
    if (read(aside, disk) !== stale) disk.linkSync(aside, path);
    disk.rmSync(aside, { force: true });
  } catch {
    // somebody else was faster: look again
  }
}

function isAlive({ pid, started, host }: Owner, path: string, disk: Disk): boolean {
  // nobody can tell from here
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

/** Boot and clock tick at which a process began (Linux); null: it has ended, or the system doesn't tell. */
function startOf(pid: number, disk: Disk): string | null {
  const stat = read(`/proc/${pid}/stat`, disk);
  const boot = read('/proc/sys/kernel/random/boot_id', disk);
  if (stat === undefined || boot === undefined) return null;
  // the name in the second field may have blanks
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : `${boot.trim()} ${fields[18]}`;
}

/** What a lock says. One that is empty was made this moment, or its maker has ended. */
function readWritten(path: string, disk: Disk): string | undefined {
  const found = read(path, disk);
  if (found !== '') return found;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOMENT);
  return read(path, disk);
}

function read(path: string, disk: Disk): string | undefined {
  try {
    return statFile(disk, path) && disk.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text);
    return Number.isSafeInteger(owner?.pid) && owner.pid > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}
