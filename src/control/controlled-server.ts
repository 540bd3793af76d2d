import type { ErrorKey, ErrorRow } from '../model/errors.ts';

/** The whole emulator, as the control plane sees it. */
export interface ControlledServer {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly httpsUrl: string;
  /** Names of the dialects; the first is the default. */
  readonly dialects: readonly string[];
  /** The id of the application that calls are about when they name none, while it is there. */
  readonly defaultApplication: number;
  /** The request headers that say who calls, by dialect. */
  readonly credentials: readonly {
    readonly dialect: string;
    readonly token: string;
    readonly authKey: string | undefined;
  }[];
  /** The errors that a dialect has otherwise than the catalogue. */
  errorsOf(dialect: string): Readonly<Partial<Record<ErrorKey, ErrorRow>>>;
  sandboxNames(): string[];
  /** @returns false when there is none of this name */
  deleteSandbox(name: string): Promise<boolean>;
  /** The certificate authority's certificate, PEM. */
  ca(): Promise<string>;
  /** The page of the web console. */
  consolePage(): Promise<string>;
}
