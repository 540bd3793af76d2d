/** A request of the emulated API, in the log. */
export interface RequestLogEntry {
  readonly sandbox: string;
  readonly method: string;
  readonly path: string;
  /** With its `?`; without secrets. */
  readonly query: string;
  readonly operation: string | undefined;
  readonly status: number;
  readonly duration_ms: number;
  readonly errors: readonly string[];
  /** Advice to the user of the emulator about the error. */
  readonly hint: string | undefined;
}
