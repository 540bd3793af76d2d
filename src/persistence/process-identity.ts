import { hostname } from 'node:os';
import { codeOf } from '../support/errors.ts';
import { type Disk, readText } from './disk.ts';

/** The facts about a process that others can read. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Boot id and clock tick of its start (Linux), since pids are reused; null: the system doesn't say. */
  readonly started: string | null;
  readonly host: string;
  /** The namespace in which it has this pid (Linux): each container has its own. null: the system doesn't say. */
  readonly namespace: string | null;
}

export function ownIdentity(disk: Disk): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid, disk), host: hostname(), namespace: ownNamespace(disk) };
}

/** @returns undefined when the text is not an identity */
export function parseIdentity(json: string): ProcessIdentity | undefined {
  try {
    const { pid, started, host, namespace }: Record<string, unknown> = JSON.parse(json);
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
    return { pid, started: textOrNull(started), host: String(host), namespace: textOrNull(namespace) };
  } catch {
    return undefined;
  }
}

/**
 * Whether a process still runs. `hidden`: it runs or ran on this kernel, but in another container, whose processes can't be
 * seen from here. `remote`: on another host, of which nothing can be known.
 * @param isOwn whether it is this process if it has its pid, on systems that don't say when a process started
 */
export function stateOf(
  { pid, started, host, namespace }: ProcessIdentity,
  own: ProcessIdentity,
  isOwn: boolean,
  disk: Disk,
): 'running' | 'ended' | 'hidden' | 'remote' {
  const isSameBoot = bootOf(started) !== undefined && bootOf(started) === bootOf(own.started);
  if (namespace !== null && isSameBoot) {
    // hosts get new names, but the number of a namespace is not used again while a process is in it
    if (namespace !== own.namespace) return 'hidden';
    return startOf(pid, disk) === started ? 'running' : 'ended';
  }
  if (host !== own.host) return 'remote';
  if (started !== null) return startOf(pid, disk) === started ? 'running' : 'ended';
  if (pid === process.pid) return isOwn ? 'running' : 'ended';
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return codeOf(error) === 'ESRCH' ? 'ended' : 'running';
  }
}

function bootOf(started: string | null): string | undefined {
  return started?.split(' ', 1)[0];
}

/** @returns null when the process has ended, or the system doesn't say */
function startOf(pid: number, disk: Disk): string | null {
  const stat = readText(disk, `/proc/${pid}/stat`);
  const boot = readText(disk, '/proc/sys/kernel/random/boot_id');
  if (stat === undefined || boot === undefined) return null;
  // the second field is the name of the program, in parentheses, and may contain spaces
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : `${boot.trim()} ${fields[18]}`;
}

function ownNamespace(disk: Disk): string | null {
  try {
    return disk.readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
