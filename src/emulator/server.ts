import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { ControlClient } from '../client/control-client.ts';
import { createControlClient } from '../client/create-client.ts';
import { type Config, stateFolder, UsageError } from '../config/options.ts';
import { ControlError } from '../control/control-error.ts';
import type { ControlledServer } from '../control/controlled-server.ts';
import { execute } from '../control/operation.ts';
import { operationNamed } from '../control/operations/index.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import { createApp } from '../http/app.ts';
import { CertificateProvider } from '../http/certificate-provider.ts';
import { detectProtocol } from '../http/protocol-detection.ts';
import { createHttpServer, type Handler } from '../http/server.ts';
import { CONTROL_PATH, isSandboxName, SANDBOX_NAMES } from '../model/addresses.ts';
import { DataFiles } from '../persistence/data-files.ts';
import { DataError } from '../persistence/disk.ts';
import { type InitialState, Sandbox } from '../sandbox/sandbox.ts';
import { type Warning, Warnings } from '../sandbox/warnings.ts';
import { Clock } from '../support/clock.ts';
import { messageOf } from '../support/errors.ts';
import { createRandom } from '../support/random.ts';
import { version } from '../support/version.ts';
import { loadConsolePage } from './console-page.ts';
import type { EmulatorEvents } from './events.ts';
import { createInitialState } from './initial-state.ts';

/** More sandboxes than this at once are a mistake: one that makes names and forgets them. */
const MAX_SANDBOXES = 10_000;
const DIALECT_NAMES = DIALECTS.map(({ name }) => name);

/** The server: listens, and holds the sandboxes. */
export class EmulatorServer implements ControlledServer {
  readonly name = 'users-emulator';
  readonly version = version;
  readonly dialects = DIALECT_NAMES;
  readonly defaultApplication = DIALECTS[0].application.id;
  readonly credentials = DIALECTS.map(({ name, request }) => ({ ...request, dialect: name }));
  readonly app: Handler;
  readonly #config: Config;
  readonly #initial: InitialState;
  readonly #warn: (text: string) => void;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #server: Server;
  readonly #trust: CertificateProvider;
  readonly #closeUnserved: (all: boolean) => void;
  /** Ends what waits in process. */
  readonly #stopping = new AbortController();
  #data: DataFiles | undefined;

  /** @throws UsageError for what is wrong with options, seed or config */
  constructor(config: Config, events: EmulatorEvents = {}) {
    this.#config = config;
    if (!isLoopback(config.host) && config.adminToken === undefined) {
      throw new UsageError(`listening on ${config.host} opens the control plane to others: give an --admin-token`);
    }
    const [least, most] = config.latency;
    const chance = createRandom(config.deterministic);
    const { onError = () => {}, warn = () => {} } = events;
    this.#warn = warn;
    this.#initial = createInitialState(config, warn);
    this.app = createApp({
      host: this,
      sandbox: (name) => this.sandbox(name),
      adminToken: config.adminToken,
      allowedHosts: new Set(['localhost', '127.0.0.1', '[::1]', config.host.toLowerCase()]),
      latency: () => (least === most ? least : least + chance.fraction() * (most - least)),
      log: events.log ?? (() => {}),
      onError,
    });
    this.#server = createHttpServer(this.app);
    const clock = new Clock();
    this.#trust = new CertificateProvider({ ...config, folder: stateFolder(config.stateDir), now: () => clock.now() });
    this.#closeUnserved = detectProtocol(this.#server, (serve) => this.#trust.server(serve), onError);
  }

  /**
   * Listens, with what is kept.
   * @throws UsageError when the port is taken (exit code 3), certificate or key can't be used (4), or the data file is in use
   * or can't be used (5)
   */
  async start(): Promise<void> {
    try {
      await this.#openData();
      await this.#listen();
    } catch (error) {
      await this.#closeData();
      throw error instanceof DataError ? new UsageError(error.message, 5) : error;
    }
  }

  async #openData(): Promise<void> {
    if (this.#config.data === undefined) return;
    this.#data = new DataFiles(this.#config.data, { fixtures: this.#initial.fixtures, warn: this.#warn });
    const isNew = !this.#data.has('');
    const own = this.sandbox('');
    // now rather than with the first change: whoever can't write should know at once
    await (isNew ? own.writeInitial() : own.commit())?.catch(({ message }: Error) => {
      throw new DataError(message);
    });
  }

  async #closeData(): Promise<void> {
    const data = this.#data;
    this.#data = undefined;
    if (!data) return;
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.close()));
    data.close();
  }

  async #listen(): Promise<void> {
    const { port, host, cert, caOut } = this.#config;
    if (cert !== undefined || caOut !== undefined) await this.#writeCa(caOut);
    await new Promise<void>((ready, failed) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE')
          failed(new UsageError(`port ${port} is in use: choose another with --port, or 0 for any free one`, 3));
        else if (error.code === 'EACCES')
          failed(new UsageError(`port ${port} is not allowed to this user: choose one from 1024 with --port`, 1));
        else failed(error);
      });
      this.#server.listen(port, host, ready);
    });
  }

  /**
   * Stops listening, lets running requests end, then closes what is left open and keeps everything.
   * @param grace ms for running requests
   */
  async stop(grace = 2000): Promise<void> {
    this.#stopping.abort();
    if (this.#server.listening) await this.#unlisten(grace);
    await this.#closeData();
  }

  async #unlisten(grace: number): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#closeUnserved(false);
    const cut = setTimeout(() => {
      this.#server.closeAllConnections();
      this.#closeUnserved(true);
    }, grace);
    await closed;
    clearTimeout(cut);
  }

  get url(): string {
    return `http://${this.#authority}`;
  }

  get httpsUrl(): string {
    return `https://${this.#authority}`;
  }

  get #authority(): string {
    const { address, port } = (this.#server.address() ?? {
      address: this.#config.host,
      port: this.#config.port,
    }) as AddressInfo;
    const name =
      address === '0.0.0.0' || address === '::' ? 'localhost' : address.includes(':') ? `[${address}]` : address;
    return `${name}:${port}`;
  }

  /** The page of the web console. */
  consolePage(): Promise<string> {
    return loadConsolePage();
  }

  /** The certificate (PEM) that https clients have to trust. */
  ca(): Promise<string> {
    return this.#trust.ca();
  }

  /** The file that holds it once `ca` has been called. */
  get caFile(): string {
    return this.#trust.file;
  }

  async #writeCa(file: string | undefined): Promise<void> {
    const ca = await this.ca().catch((error: Error) => {
      throw new UsageError(error.message, 4);
    });
    if (file === undefined) return;
    try {
      writeFileSync(file, ca);
    } catch (error) {
      throw new UsageError(`--ca-out: ${resolve(file)} can't be written: ${messageOf(error)}`, 1);
    }
  }

  /** A sandbox by name, made on first use; the unnamed one is the server's own. @throws ControlError 400, 429, 503 */
  sandbox(name: string): Sandbox {
    const known = this.#sandboxes.get(name);
    if (known) return known;
    if (name !== '' && !isSandboxName(name)) {
      throw new ControlError(400, `'${name}' can't name a sandbox: use ${SANDBOX_NAMES}`);
    }
    const named = this.#sandboxes.size - (this.#sandboxes.has('') ? 1 : 0);
    if (name !== '' && named >= MAX_SANDBOXES) {
      throw new ControlError(
        429,
        `there are ${MAX_SANDBOXES} sandboxes: delete some with DELETE ${CONTROL_PATH}/sandboxes/{name}`,
      );
    }
    try {
      const sandbox = new Sandbox(name, this.#initial, this.#data?.of(name));
      this.#sandboxes.set(name, sandbox);
      return sandbox;
    } catch (error) {
      // the others go on, and whoever asks for this one is told what is wrong with its file
      if (error instanceof DataError && name !== '') throw new ControlError(503, error.message);
      throw error;
    }
  }

  errorsOf(dialect: string): Dialect['errors'] {
    return dialectOf(dialect).errors;
  }

  /** The names of the sandboxes: those in use, and those that are kept. */
  sandboxNames(): string[] {
    const names = new Set([...this.#sandboxes.keys(), ...(this.#data?.names() ?? [])]);
    names.delete('');
    return [...names];
  }

  async deleteSandbox(name: string): Promise<boolean> {
    if (!this.sandboxNames().includes(name)) return false;
    const sandbox = this.#sandboxes.get(name);
    await (sandbox ?? this.#data?.of(name))?.remove();
    if (sandbox) this.#initial.warnings.addAll(sandbox.warnings);
    this.#sandboxes.delete(name);
    return true;
  }

  /** What all sandboxes were warned of since the start, also those that are gone. */
  warnings(): Warning[] {
    const all = new Warnings();
    all.addAll(this.#initial.warnings);
    for (const { warnings } of this.#sandboxes.values()) all.addAll(warnings);
    return all.list();
  }

  /** The control plane of a sandbox, in process. */
  surface(name: string): ControlClient {
    return createControlClient(async (operation, input) =>
      execute(this.sandbox(name), operationNamed(operation), input, this, this.#stopping.signal),
    );
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
