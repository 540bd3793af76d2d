import type { RequestLogEntry } from '../http/request-log.ts';

/** What an emulator tells whoever started it. */
export interface EmulatorEvents {
  /** Told of every request of the emulated API. */
  readonly log?: (line: RequestLogEntry) => void;
  /** Told of errors of the emulator itself. */
  readonly onError?: (error: unknown) => void;
  /** Told when the data file can't be written, when it can be again, of what was left out of it, and of mails not sent on. */
  readonly warn?: (text: string) => void;
}
