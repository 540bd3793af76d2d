/** A request of the emulated API, in the log. */
export interface RequestLogEntry {
  readonly sandbox: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly status: number;
  readonly duration_ms: number;
  readonly errors: readonly string[];
  /** What the user of the emulator can do about the error. */
  readonly hint: string | undefined;
}
