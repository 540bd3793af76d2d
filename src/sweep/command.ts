import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment } from '../config/config.ts';
import { isMissingCommand } from './missing-command.ts';

/** How a command ended. */
export interface Ended {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last part of stdout and stderr together. */
  readonly output: string;
}

/** How much of a command's output is kept, in characters. */
const MAX_OUTPUT = 65_536;
/** How long (ms) a command may take to end once it has to. */
const GRACE = 2000;
/** How long (ms) output is awaited after the end of a command: processes that left its group may hold it open. */
const LAST_OUTPUT = 500;

/** Commands that run. */
const running = new Set<ChildProcess>();

/**
 * Runs a command without input, in a process group of its own, and ends everything that it leaves in this group.
 * @param stop ends it
 * @param echo gets its output at once
 * @throws Error when it can't be started
 */
export async function runCommand(
  [command, ...args]: readonly [string, ...string[]],
  env: Environment,
  stop: AbortSignal,
  echo?: NodeJS.WritableStream,
): Promise<Ended> {
  const isWindows = process.platform === 'win32';
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    detached: !isWindows,
    shell: isWindows,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT);
      echo?.write(text);
    });
  }
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(child, 'SIGTERM');
    killing = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE);
  };
  if (running.size === 0) process.on('exit', killAll);
  running.add(child);
  stop.addEventListener('abort', end, { once: true });
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', (error) => {
        const reason = isMissingCommand(command, error, env) ? 'command not found' : error.message;
        reject(new Error(`${command}: ${reason}`));
      });
      child.once('exit', (code, by) => {
        // in the same turn of the event loop: later, the id of the group may be another's
        killGroup(child, 'SIGKILL');
        resolve([code, by]);
      });
      if (stop.aborted) end();
    });
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT).unref())]);
    return { exitCode, signal, output };
  } finally {
    clearTimeout(killing);
    stop.removeEventListener('abort', end);
    running.delete(child);
    if (running.size === 0) process.off('exit', killAll);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function killAll(): void {
  for (const child of running) killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // the group has ended
  }
}
