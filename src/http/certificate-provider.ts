import { accessSync, constants } from 'node:fs';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import { makeFolder } from '../persistence/make-folder.ts';
import { makeTemporaryFolder } from '../persistence/temporary-folder.ts';
import { authorityFile } from './authority.ts';
import type { Certificates } from './tls.ts';

export interface CertificateOptions {
  /** Files of a certificate and its key, used instead of an authority. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The host name or address that the server listens on. */
  readonly host: string;
  /** The authority's folder. */
  readonly folder: string;
  /** ms */
  readonly now: () => number;
}

/** Provides the server's certificates. It loads TLS and creates certificates when they are first needed. */
export class CertificateProvider {
  readonly #options: CertificateOptions;
  #folder: string | undefined;
  #certificates: Promise<Certificates> | undefined;

  constructor(options: CertificateOptions) {
    this.#options = options;
  }

  /** The file for `NODE_EXTRA_CA_CERTS`. That of an authority is there once `ca` has been called. */
  get file(): string {
    const { cert } = this.#options;
    return cert === undefined ? authorityFile(this.#authorityFolder()) : resolve(cert);
  }

  /** The certificate (PEM) that clients have to trust. @throws Error when certificate and key can't be used */
  async ca(): Promise<string> {
    return (await this.#open()).ca;
  }

  /** Creates a server that decrypts connections and passes them to `serve`. */
  async tlsServer(serve: (decrypted: Socket) => void): Promise<TlsServer> {
    const { createTlsServer } = await import('./tls.ts');
    return createTlsServer(await this.#open(), serve);
  }

  #open(): Promise<Certificates> {
    this.#certificates ??= this.#load().catch((error) => {
      // the next call tries again
      this.#certificates = undefined;
      throw error;
    });
    return this.#certificates;
  }

  async #load(): Promise<Certificates> {
    const { cert, key, host, now } = this.#options;
    const { certificatesFromAuthority, certificatesFromFiles } = await import('./tls.ts');
    if (cert !== undefined && key !== undefined) return certificatesFromFiles(resolve(cert), resolve(key));
    return certificatesFromAuthority(this.#authorityFolder(), host, now);
  }

  #authorityFolder(): string {
    this.#folder ??= writableFolder(this.#options.folder);
    return this.#folder;
  }
}

/** The wanted folder, private to the user; a temporary one where it can't be written, as for a user without a home. */
function writableFolder(wanted: string): string {
  try {
    makeFolder(wanted, 0o700);
    accessSync(wanted, constants.W_OK);
    return wanted;
  } catch {
    return makeTemporaryFolder();
  }
}
