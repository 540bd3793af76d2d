import type { RequestLogEntry } from '../http/request-log.ts';
import type { Progress } from '../support/progress.ts';

/** The callbacks of an emulator. */
export interface EmulatorEvents {
  /** Called after every request of the emulated API. */
  readonly log?: (entry: RequestLogEntry) => void;
  /** Called with errors of the emulator itself. */
  readonly onError?: (error: unknown) => void;
  /** Called when the data file can't be written, when it can be written again, for content left out of it, and for failed deliveries of mails. */
  readonly warn?: (text: string) => void;
}

/** Those of the command line, too. */
export interface ServerEvents extends EmulatorEvents {
  /** Called while a seed or a data file is loaded or written. */
  readonly progress?: Progress;
}
