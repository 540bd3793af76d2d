import type { Environment } from '../config/config.ts';

/** Where output goes; a terminal has a width. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams that a command writes to, and the environment that it reads. `process` is one. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
}
