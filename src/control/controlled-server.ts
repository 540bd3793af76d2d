import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { JudgedEvidence } from './run-evidence.ts';

/** The parts of the server that control operations need. */
export interface ControlledServer {
  readonly name: string;
  readonly version: string;
  /** The id of its process. */
  readonly pid: number;
  /** When it was started: ms since 1970, by the machine's clock. */
  readonly startedAt: number;
  /** The path of the CA certificate. */
  readonly caFile: string;
  /** The path of the data file. */
  readonly dataFile: string | undefined;
  /** `--evidence` */
  readonly judgedEvidence: JudgedEvidence;
  /** Names of the dialects; the first is the default. */
  readonly dialects: readonly string[];
  /** The id of the application that calls refer to when they name none, as long as it exists. */
  readonly defaultApplication: number;
  /** By dialect: the names of the request headers that carry a token or an auth key, and whether API keys take the place of tokens. */
  readonly credentials: readonly {
    readonly dialect: string;
    readonly token: string;
    readonly authKey: string | undefined;
    readonly apiKeys: boolean;
  }[];
  /** The errors that a dialect words differently from the catalogue. */
  errorsOf(dialect: string): Readonly<Partial<Record<ErrorKey, ErrorRow>>>;
  sandboxNames(): string[];
  /** A sandbox by name, created on first use. @throws ControlError 400, 429, 503 */
  openSandbox(name: string): Promise<Sandbox>;
  /** A sandbox that is open. */
  openedSandbox(name: string): Sandbox | undefined;
  /** Opens a port for a sandbox; 0: any free one. @throws ControlError 409, 429 */
  openPort(sandbox: string, port: number): Promise<void>;
  /** The addresses of a sandbox; those of the server itself for the empty name. */
  addressOf(sandbox: string): SandboxAddress;
  /** @returns false if there is no such sandbox */
  deleteSandbox(name: string): Promise<boolean>;
  /** Deletes all sandboxes but the server's own. @returns how many */
  deleteSandboxes(): Promise<number>;
  /** The CA certificate, PEM. */
  ca(): Promise<string>;
  /** The HTML of the web console. */
  consolePage(): Promise<string>;
  /** A page of the documentation: `guides/time` as HTML, `guides/time.md` as Markdown. @returns undefined if there is none */
  documentation(page: string): Promise<string | undefined>;
  /** The overview of the documentation for programs. */
  llmsText(): Promise<string | undefined>;
  /** A JSON Schema of config files or fixtures; undefined for an unknown name. */
  jsonSchema(name: string): Promise<string | undefined>;
}

/** Where clients reach a sandbox. */
export interface SandboxAddress {
  readonly url: string;
  readonly httpsUrl: string;
  /** null: it has no port of its own. */
  readonly port: number | null;
}
