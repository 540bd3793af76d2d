import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { BIN } from './command-line.ts';

/** The ready line of `--json`. */
export interface Ready {
  readonly url: string;
  readonly httpsUrl: string;
  readonly caFile: string;
  readonly pid: number;
}

/** A server started by the built command line. */
export interface RunningServer {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Sends a signal. @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the built command line, with `--json` among its arguments, and waits for its ready line.
 * @param onEnd registers what ends the server: by default, the end of the test
 * @throws Error with its output if it ends before
 */
export async function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onEnd: (kill: () => void) => void = onTestFinished,
): Promise<RunningServer> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onEnd(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const line = /^\{"event":"ready".*\}$/m.exec(output)?.[0];
      if (line) resolve(JSON.parse(line));
    });
    ended.then((code) => reject(new Error(`ended with ${code} before it was ready: ${output}`)), reject);
  });
  return {
    ready,
    process: child,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
