/** One request of the emulated API, as logs tell it. */
export interface RequestLogEntry {
  readonly sandbox: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly status: number;
  readonly duration_ms: number;
  readonly errors: readonly string[];
  /** A hint for whoever runs the emulator. */
  readonly hint: string | undefined;
}

/** What an emulator tells whoever started it. */
export interface EmulatorEvents {
  /** Told of every request of the emulated API. */
  readonly log?: (line: RequestLogEntry) => void;
  /** Told of errors of the emulator itself. */
  readonly onError?: (error: unknown) => void;
  /** Told when the data file can't be written, when it can be again, of what was left out of it, and of mails not sent on. */
  readonly warn?: (text: string) => void;
}
