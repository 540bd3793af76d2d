import { Writable } from 'node:stream';
import { main } from '../../src/cli/program.ts';

/** Runs the command line in this process. @param env its environment, beside that of this process */
export async function runInProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const code = await main(words, { stdout, stderr, env: { ...process.env, FORCE_COLOR: undefined, ...env } });
  return { code, out: stdout.text, err: stderr.text };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, written: () => void): void {
    this.text += chunk;
    written();
  }
}
