import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A built server in a process of its own. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** All of its stderr so far. */
  stderr(): string;
  /** Whether it still runs. */
  alive(): boolean;
  /** Resident memory (MB) and open descriptors. */
  usage(): { readonly memory: number; readonly descriptors: number };
  stop(): Promise<number | null>;
}

/** Starts the built program. @param args its options beside those that every run needs */
export async function startServer(args: readonly string[]): Promise<Server> {
  const bin = resolve('bin/users-emulator.js');
  const child: ChildProcess = spawn(process.execPath, [bin, '--json', '--port', '0', '--log', 'silent', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err = (err + chunk).slice(-100_000);
  });
  const closed = new Promise<number | null>((done) => child.on('close', done));
  process.on('exit', () => child.kill('SIGKILL'));
  const line = await new Promise<string>((ready, failed) => {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      if (out.includes('\n')) ready(out);
    });
    closed.then((code) => failed(new Error(`ended with ${code}: ${err}`)));
  });
  const { url }: { url: string } = JSON.parse(line);
  return {
    url,
    port: Number(new URL(url).port),
    stderr: () => err,
    alive: () => child.exitCode === null && child.signalCode === null,
    usage: () => ({
      memory: Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024),
      descriptors: readdirSync(`/proc/${child.pid}/fd`).length,
    }),
    stop: () => {
      child.kill('SIGTERM');
      return closed;
    },
  };
}
