import { accessSync, constants, mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import { disk, makeFolder } from '../persistence/disk.ts';
import { authorityFile } from './authority.ts';
import type { Certificates } from './tls.ts';

/** Where a server's certificates come from. */
export interface TrustOptions {
  /** Files of a certificate and its key, instead of an authority's. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly host: string;
  /** The folder that keeps the authority. */
  readonly folder: string;
  /** ms */
  readonly now: () => number;
}

/** What https clients have to trust, and what they are served with. Nothing of TLS is loaded or made before it is asked for. */
export class CertificateProvider {
  readonly #options: TrustOptions;
  #folder: string | undefined;
  #certificates: Promise<Certificates> | undefined;

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** The file for `NODE_EXTRA_CA_CERTS`; with an authority of our own it is there once `ca` has been called. */
  get file(): string {
    const { cert, folder } = this.#options;
    if (cert !== undefined) return resolve(cert);
    this.#folder ??= privateFolder(folder);
    return authorityFile(this.#folder);
  }

  /** The certificate (PEM) that clients have to trust. @throws Error when certificate and key can't be used */
  async ca(): Promise<string> {
    return (await this.#open()).ca;
  }

  /** What decrypts connections and hands them on to `serve`. */
  async server(serve: (decrypted: Socket) => void): Promise<TlsServer> {
    const { tlsServer } = await import('./tls.ts');
    return tlsServer(await this.#open(), serve);
  }

  #open(): Promise<Certificates> {
    this.#certificates ??= this.#load().catch((error) => {
      this.#certificates = undefined;
      throw error;
    });
    return this.#certificates;
  }

  async #load(): Promise<Certificates> {
    const { cert, key, host, folder, now } = this.#options;
    const { certificatesOfAuthority, certificatesOfFiles } = await import('./tls.ts');
    if (cert !== undefined && key !== undefined) return certificatesOfFiles(resolve(cert), resolve(key));
    this.#folder ??= privateFolder(folder);
    return certificatesOfAuthority(this.#folder, host, now);
  }
}

/** A folder of the user's own; where it can't be had (as for a user without home), one for this process. */
function privateFolder(wanted: string): string {
  try {
    makeFolder(disk, wanted, 0o700);
    accessSync(wanted, constants.W_OK);
    return wanted;
  } catch {
    return mkdtempSync(join(tmpdir(), 'users-emulator-'));
  }
}
