import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { UsageError } from '../config/usage-error.ts';
import type { CertificateProvider } from '../http/certificate-provider.ts';
import { detectProtocol } from '../http/protocol-detection.ts';
import { codeOf } from '../support/errors.ts';

/** Where a port listens, and the option that another one can be chosen with. */
export interface PortOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly flag: string;
}

/** One port: HTTP and HTTPS. */
export class Port {
  readonly #server: Server;
  readonly #options: PortOptions;
  /** Closes the connections that the HTTP server doesn't know: see `detectProtocol`. */
  readonly #closeUnserved: (all: boolean) => void;
  /** Connections that speak another protocol by now, as websockets do: the HTTP server doesn't know them either. */
  readonly #upgraded = new Set<Duplex>();

  /** @param onError called with the reason when TLS connections have to be dropped */
  constructor(
    server: Server,
    options: PortOptions,
    certificates: CertificateProvider,
    onError: (error: unknown) => void,
  ) {
    this.#server = server;
    this.#options = options;
    server.on('upgrade', ({ socket }) => {
      if (this.#upgraded.has(socket)) return;
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
    });
    this.#closeUnserved = detectProtocol(server, (serve) => certificates.tlsServer(serve), onError);
  }

  /** @throws UsageError when the port is taken (exit code 3) or not allowed */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, this.#options)));
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
      for (const socket of this.#upgraded) socket.destroy();
    }, grace);
    await closed;
    clearTimeout(timer);
  }

  /** Host and port, as clients on this machine reach them. */
  get address(): { readonly host: string; readonly port: number } {
    const bound = this.#server.address();
    const { address, port } =
      bound === null || typeof bound === 'string' ? { address: this.#options.host, port: this.#options.port } : bound;
    return { host: address === '0.0.0.0' || address === '::' ? 'localhost' : address, port };
  }

  /** The same as a URL has it. */
  get authority(): string {
    const { host, port } = this.address;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

function listenError(error: Error, { port, flag }: PortOptions): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new UsageError(`port ${port} is in use: choose another with ${flag}, or 0 for any free one`, 3);
    case 'EACCES':
      return new UsageError(`port ${port} is not allowed to this user: choose one from 1024 with ${flag}`, 1);
    default:
      return error;
  }
}
