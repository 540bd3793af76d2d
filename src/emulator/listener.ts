import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/options.ts';
import { stateFolder } from '../config/state-folder.ts';
import { UsageError } from '../config/usage-error.ts';
import { CertificateProvider } from '../http/certificate-provider.ts';
import { InProcessClient } from '../http/in-process.ts';
import { createHttpServer, type Handler } from '../http/server.ts';
import { atPortOf } from '../http/target.ts';
import type { Upgrade } from '../http/upgrades.ts';
import { Clock } from '../support/clock.ts';
import { messageOf, reasonOf } from '../support/errors.ts';
import { Port } from './port.ts';
import { SandboxPorts } from './sandbox-ports.ts';

/** The emulator's ports, with the certificates for HTTPS. */
export class Listener {
  readonly #config: Config;
  readonly #main: Port;
  /** The port of `--chat`. It serves everything that the main one does. */
  readonly #chat: Port | undefined;
  readonly sandboxPorts: SandboxPorts;
  readonly #certificates: CertificateProvider;
  /** Sends requests to the main port's server, whether it listens or not. */
  readonly inProcess: InProcessClient;

  /** @param onError called with the reason when TLS connections have to be dropped */
  constructor(
    app: Handler,
    onWebSocket: (upgrade: Upgrade) => void,
    config: Config,
    onError: (error: unknown) => void,
  ) {
    this.#config = config;
    const clock = new Clock();
    this.#certificates = new CertificateProvider({
      ...config,
      folder: stateFolder(config.stateDir),
      now: () => clock.now(),
    });
    const { host, port, chat } = config;
    const open = (port: number, flag: string, server = createHttpServer(app, onWebSocket)) =>
      new Port(server, { host, port, flag }, this.#certificates, onError);
    const server = createHttpServer(app, onWebSocket);
    this.inProcess = new InProcessClient(server);
    this.#main = open(port, '--port', server);
    this.sandboxPorts = new SandboxPorts((sandbox, port) => {
      const onUpgrade = (upgrade: Upgrade) => onWebSocket({ ...upgrade, sandboxOfPort: sandbox });
      return open(port, 'port', createHttpServer(atPortOf(sandbox, app), onUpgrade));
    });
    this.#chat = typeof chat === 'number' && (chat !== port || chat === 0) ? open(chat, '--chat') : undefined;
  }

  /**
   * Opens the ports; if that fails, some of them may be open. Certificates are loaded before, so that bad ones end the start.
   * @throws UsageError when a port is taken (exit code 3), or when `--cert`, `--key` or `--ca-out` can't be used
   */
  async listen(): Promise<void> {
    const { cert, caOut } = this.#config;
    const ca = cert !== undefined || caOut !== undefined ? await this.#loadCertificates() : '';
    await this.#main.listen();
    await this.#chat?.listen();
    if (caOut !== undefined) writeCa(caOut, ca);
  }

  /** Stops listening, lets running requests end, then closes the connections that are left. @param grace ms for running requests */
  async close(grace: number): Promise<void> {
    const ports = [this.#main, this.#chat, this.inProcess];
    await Promise.all([...ports.map((port) => port?.close(grace)), this.sandboxPorts.closeAll(grace)]);
  }

  /** Host and port, as clients on this machine reach them. */
  get address(): Port['address'] {
    return this.#main.address;
  }

  /** Host and port, as in a URL. */
  get authority(): string {
    return this.#main.authority;
  }

  /** Host and port of the chat: its own, or the same. */
  get chatAuthority(): string {
    return (this.#chat ?? this.#main).authority;
  }

  /** The certificate (PEM) that https clients have to trust. @throws Error when certificate and key can't be used */
  ca(): Promise<string> {
    return this.#certificates.ca();
  }

  /** The file with that certificate, which exists once `ca` has been called. */
  get caFile(): string {
    return this.#certificates.file;
  }

  /** @returns the CA's certificate @throws UsageError (exit code 4) when certificate and key can't be used */
  #loadCertificates(): Promise<string> {
    return this.ca().catch((error) => {
      throw new UsageError(messageOf(error), 4);
    });
  }
}

/** Writes `--ca-out`. @throws UsageError */
function writeCa(file: string, ca: string): void {
  try {
    writeFileSync(file, ca);
  } catch (error) {
    throw new UsageError(`--ca-out: ${resolve(file)} can't be written: ${reasonOf(error)}`, 1);
  }
}
