import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import type { Config } from '../config/options.ts';
import { stateFolder } from '../config/state-folder.ts';
import { UsageError } from '../config/usage-error.ts';
import { CertificateProvider } from '../http/certificate-provider.ts';
import { detectProtocol } from '../http/protocol-detection.ts';
import { createHttpServer, type Handler } from '../http/server.ts';
import { Clock } from '../support/clock.ts';
import { codeOf, messageOf } from '../support/errors.ts';

/** The emulator's port: HTTP and HTTPS, with the certificates for HTTPS. */
export class Listener {
  readonly #config: Config;
  readonly #server: Server;
  readonly #certificates: CertificateProvider;
  /** Closes the connections that the HTTP server doesn't know: see `detectProtocol`. */
  readonly #closeUnserved: (all: boolean) => void;

  /** @param onError called with the reason when TLS connections have to be dropped */
  constructor(app: Handler, config: Config, onError: (error: unknown) => void) {
    this.#config = config;
    this.#server = createHttpServer(app);
    const clock = new Clock();
    this.#certificates = new CertificateProvider({
      ...config,
      folder: stateFolder(config.stateDir),
      now: () => clock.now(),
    });
    this.#closeUnserved = detectProtocol(this.#server, (serve) => this.#certificates.tlsServer(serve), onError);
  }

  /** @throws UsageError when the port is taken (exit code 3), or when `--cert`, `--key` or `--ca-out` can't be used */
  async listen(): Promise<void> {
    const { port, host, cert, caOut } = this.#config;
    if (cert !== undefined || caOut !== undefined) await this.#checkCertificates();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, port)));
      this.#server.listen(port, host, resolve);
    });
  }

  /** Stops listening, lets running requests end, then closes the connections that are left. @param grace ms for running requests */
  async close(grace: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#closeUnserved(false);
    const timer = setTimeout(() => {
      this.#server.closeAllConnections();
      this.#closeUnserved(true);
    }, grace);
    await closed;
    clearTimeout(timer);
  }

  /** Host and port, as clients on this machine reach them. */
  get address(): { readonly host: string; readonly port: number } {
    const bound = this.#server.address();
    const { address, port } =
      bound === null || typeof bound === 'string' ? { address: this.#config.host, port: this.#config.port } : bound;
    return { host: address === '0.0.0.0' || address === '::' ? 'localhost' : address, port };
  }

  /** The same as a URL has it. */
  get authority(): string {
    const { host, port } = this.address;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** The certificate (PEM) that https clients have to trust. @throws Error when certificate and key can't be used */
  ca(): Promise<string> {
    return this.#certificates.ca();
  }

  /** The file with that certificate, which is there once `ca` has been called. */
  get caFile(): string {
    return this.#certificates.file;
  }

  /** Loads the certificates, so that a start with bad ones fails, and writes `--ca-out`. */
  async #checkCertificates(): Promise<void> {
    const { caOut } = this.#config;
    const ca = await this.ca().catch((error) => {
      throw new UsageError(messageOf(error), 4);
    });
    if (caOut === undefined) return;
    try {
      writeFileSync(caOut, ca);
    } catch (error) {
      throw new UsageError(`--ca-out: ${resolve(caOut)} can't be written: ${messageOf(error)}`, 1);
    }
  }
}

function listenError(error: Error, port: number): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new UsageError(`port ${port} is in use: choose another with --port, or 0 for any free one`, 3);
    case 'EACCES':
      return new UsageError(`port ${port} is not allowed to this user: choose one from 1024 with --port`, 1);
    default:
      return error;
  }
}
