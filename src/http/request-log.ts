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
