import { messageOf } from '../support/errors.ts';

/** A problem with an option or a config file. The message names where the value comes from, and says what to do instead. */
export class UsageError extends Error {
  /** The exit code of a command that fails with this error. */
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.name = 'UsageError';
    this.exitCode = exitCode;
  }
}

/** The error of a value, by its source: `--port`, `USERS_EMULATOR_PORT` or `config file …, port` (exit code 4). */
export function usageError(source: string, problem: string): UsageError {
  return new UsageError(`${source}: ${problem}`, source.startsWith('config file') ? 4 : 2);
}

/** Reads a value. @throws UsageError that names the source of a value that can't be read */
export function readFrom<V>(source: string, read: (given: unknown) => V, given: unknown): V {
  try {
    return read(given);
  } catch (error) {
    throw error instanceof UsageError ? usageError(source, messageOf(error)) : error;
  }
}
