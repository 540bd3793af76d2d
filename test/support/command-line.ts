import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

/** The exit code and the output of a command that has ended. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const BIN = resolve(import.meta.dirname, '../../bin/users-emulator.js');

/** Runs the built command line to its end. @param env additional environment variables @param input what it reads */
export function runCommand(
  args: readonly string[],
  {
    env = {},
    cwd,
    input = '',
  }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string; readonly input?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BIN, ...args],
      { env: { ...process.env, ...env }, timeout: 50_000, killSignal: 'SIGKILL', ...(cwd && { cwd }) },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}
