import { resolve } from 'node:path';
import { Chat } from '../chat/chat.ts';
import type { ControlClient } from '../client/control-client.ts';
import { createControlClient } from '../client/create-client.ts';
import type { Config } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { isLoopback } from '../config/values.ts';
import type { ControlledServer, SandboxAddress } from '../control/controlled-server.ts';
import { execute } from '../control/operation.ts';
import { operationNamed } from '../control/operations/index.ts';
import { presentEvidence } from '../control/present-evidence.ts';
import type { JudgedEvidence, RunEvidence } from '../control/run-evidence.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import { createApp } from '../http/app.ts';
import type { RequestObserver } from '../http/request-observer.ts';
import type { Handler } from '../http/server.ts';
import type { Interception } from '../intercept/intercept.ts';
import { sandboxPath } from '../model/addresses.ts';
import { DataError } from '../persistence/disk.ts';
import type { InitialState } from '../sandbox/initial-state.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Warning } from '../sandbox/warnings.ts';
import { Clock } from '../support/clock.ts';
import { createRandom } from '../support/random.ts';
import { version } from '../support/version.ts';
import { loadConsolePage } from './console-page.ts';
import { readDocumentation, readJsonSchema, readLlmsText } from './documentation.ts';
import type { ServerEvents } from './events.ts';
import { createInitialState } from './initial-state.ts';
import { interceptionOf } from './interception.ts';
import { Listener } from './listener.ts';
import { Reloading } from './reloading.ts';
import { Sandboxes } from './sandboxes.ts';

/** The emulator, put together: its app, its port, its sandboxes. */
export class EmulatorServer implements ControlledServer {
  readonly name = 'users-emulator';
  readonly version = version;
  readonly dialects = DIALECTS.map(({ name }) => name);
  readonly credentials = DIALECTS.map(({ name, request }) => ({ ...request, dialect: name }));
  readonly pid = process.pid;
  readonly startedAt = new Clock().now();
  readonly consolePage = loadConsolePage;
  readonly documentation = readDocumentation;
  readonly llmsText = readLlmsText;
  readonly jsonSchema = readJsonSchema;
  readonly dataFile: string | undefined;
  readonly judgedEvidence: JudgedEvidence;
  readonly app: Handler;
  readonly #warn: (text: string) => void;
  readonly #initial: InitialState;
  readonly #sandboxes: Sandboxes;
  readonly #reloading: Reloading;
  readonly #listener: Listener;
  readonly #chat: Chat;
  /** Ends the waits of control operations that were called in process. */
  readonly #stopping = new AbortController();

  /** @throws UsageError when options, the seed or the config file can't be used */
  constructor(
    config: Config,
    { log, onError = ignore, warn = ignore, progress }: ServerEvents = {},
    observer?: RequestObserver,
  ) {
    if (!isLoopback(config.host) && config.adminToken === undefined) {
      throw new UsageError(`listening on ${config.host} opens the control plane to others: give an --admin-token`);
    }
    const random = createRandom(config.deterministic);
    this.dataFile = config.data === undefined ? undefined : resolve(config.data);
    this.judgedEvidence = config.evidence;
    this.#warn = warn;
    const initial = createInitialState(config, warn, progress);
    this.#initial = initial;
    this.#sandboxes = new Sandboxes(initial, (name) => void this.#listener.sandboxPorts.close(name));
    this.#reloading = new Reloading(config, { initial, sandboxes: this.#sandboxes, warn });
    const shared = {
      openSandbox: (name: string) => this.openSandbox(name),
      visitSandbox: (name: string) => this.#sandboxes.visit(name),
      latency: () => {
        const [least, most] = this.#reloading.config.latency;
        return least === most ? least : least + random.fraction() * (most - least);
      },
      log,
      onError,
    };
    this.app = createApp({
      ...shared,
      server: this,
      observer,
      openedSandbox: (name) => this.openedSandbox(name),
      adminToken: config.adminToken,
      allowedHosts: new Set(['localhost', '127.0.0.1', '[::1]', config.host.toLowerCase()]),
    });
    this.#chat = new Chat({
      ...shared,
      enabled: config.chat !== false,
      sandboxOfToken: (token) => this.#sandboxes.ofToken(token),
    });
    this.#listener = new Listener(this.app, (upgrade) => this.#chat.accept(upgrade), config, onError);
  }

  /**
   * Reads the data files, listens, then writes them: a start that fails leaves them as they were.
   * @param listen false: only `fetch` sends requests
   * @throws UsageError when the port is taken (exit code 3), certificate or key can't be used (4), or the data file is in use
   * or can't be used (5)
   */
  async start(listen = true): Promise<void> {
    try {
      const { watch } = this.#reloading.config;
      if (this.dataFile !== undefined) await this.#sandboxes.openData(this.dataFile, watch, this.#warn);
      if (listen) await this.#listener.listen();
      await this.#sandboxes.writeData();
      if (watch) this.#reloading.start();
    } catch (error) {
      await this.#listener.close(0);
      await this.#sandboxes.close(false);
      throw error instanceof DataError ? new UsageError(error.message, 5) : error;
    }
  }

  /** Stops listening, lets running requests end, and writes everything to the data files. @param grace ms for running requests */
  async stop(grace = 2000): Promise<void> {
    this.#stopping.abort();
    await this.#reloading.stop();
    this.#sandboxes.endEvents();
    this.#chat.close(grace);
    await this.#listener.close(grace);
    await this.#sandboxes.close();
  }

  /** Applies the options of a config file whenever it changes, until the server stops. @param read reads all options again */
  watchConfig(file: string, read: () => Config): void {
    this.#reloading.watchConfig(file, read);
  }

  /** Answers a request of this process, without a socket: see `InProcessClient`. */
  fetch(request: Request): Promise<Response> {
    return this.#listener.inProcess.fetch(request);
  }

  get url(): string {
    return `http://${this.#listener.authority}`;
  }

  get httpsUrl(): string {
    return `https://${this.#listener.authority}`;
  }

  /** Where the chat answers: `ws://127.0.0.1:4230`, or with `--chat` its own port. */
  get chatUrl(): string {
    return `ws://${this.#listener.chatAuthority}`;
  }

  /** The certificate (PEM) that https clients have to trust. */
  ca(): Promise<string> {
    return this.#listener.ca();
  }

  /** The file with that certificate, which is there once `ca` has been called. */
  get caFile(): string {
    return this.#listener.caFile;
  }

  /**
   * Which connections `--intercept` leads here, and which it refuses.
   * @param options.hosts beside those of the vendors
   * @param sandbox one with a port of its own
   */
  interception(options: Partial<Pick<Interception, 'hosts' | 'allow'>>, sandbox = ''): Interception {
    return interceptionOf((this.#listener.sandboxPorts.get(sandbox) ?? this.#listener).address, options);
  }

  /** A sandbox by name, created on first use; the emulator's own has the empty name. @throws ControlError 400, 429, 503 */
  openSandbox(name: string): Promise<Sandbox> {
    return this.#sandboxes.open(name);
  }

  openedSandbox(name: string): Sandbox | undefined {
    return this.#sandboxes.get(name);
  }

  openPort(sandbox: string, port: number): Promise<void> {
    return this.#listener.sandboxPorts.open(sandbox, port);
  }

  addressOf(sandbox: string): SandboxAddress {
    const own = this.#listener.sandboxPorts.get(sandbox);
    const address = own?.authority ?? this.#listener.authority + sandboxPath(sandbox);
    return { url: `http://${address}`, httpsUrl: `https://${address}`, port: own?.address.port ?? null };
  }

  sandboxNames(): string[] {
    return this.#sandboxes.names();
  }

  deleteSandbox(name: string): Promise<boolean> {
    return this.#sandboxes.delete(name);
  }

  deleteSandboxes(): Promise<number> {
    return this.#sandboxes.deleteAll();
  }

  /** The warnings of all sandboxes since the start, deleted ones included. */
  warnings(): Warning[] {
    return this.#sandboxes.warnings();
  }

  /** The evidence for all answers since the start: also in deleted sandboxes, and before resets. */
  evidence(): RunEvidence {
    return presentEvidence(this.#sandboxes.evidence(), this.judgedEvidence);
  }

  get defaultApplication(): number {
    return this.#initial.defaultApplication;
  }

  errorsOf(dialect: string): Dialect['errors'] {
    return (this.#initial.learned.get(dialect) ?? dialectOf(dialect)).errors;
  }

  /** The control client of a sandbox, in process. */
  controlClient(name: string): ControlClient {
    return createControlClient(async (operation, input) =>
      execute(await this.openSandbox(name), operationNamed(operation), input, this, this.#stopping.signal),
    );
  }
}

function ignore(): void {}
