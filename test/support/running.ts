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
export interface Running {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Sends a signal. @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built command line for one test, with `--json` among its arguments, and waits for its ready line. */
export async function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  let out = '';
  const ready = new Promise<Ready>((said, failed) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const line = /^\{"event":"ready".*\}$/m.exec(out)?.[0];
      if (line) said(JSON.parse(line));
    });
    ended.then((code) => failed(new Error(`ended with ${code} before it was ready: ${out}`)));
  });
  return {
    ready: await ready,
    process: child,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
