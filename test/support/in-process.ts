import { Writable } from 'node:stream';
import { main } from '../../src/cli/program.ts';
import type { CommandResult } from './command-line.ts';

/** Runs the command line in this process. @param env its environment, in addition to that of this process */
export function runInProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return startInProcess(words, env).ended;
}

/** The same, without waiting for its end. @returns also what it has printed so far */
export function startInProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly ended: Promise<CommandResult>; readonly printed: () => string } {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const io = { stdout, stderr, env: { ...process.env, FORCE_COLOR: undefined, ...env } };
  const ended = main(words, io).then((code) => ({ code, out: stdout.text, err: stderr.text }));
  return { ended, printed: () => stdout.text };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, written: () => void): void {
    this.text += chunk;
    written();
  }
}
