import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import { messageOf, reasonOf } from '../support/errors.ts';
import { openAuthority } from './authority.ts';
import type { CertificateAndKey } from './certificates.ts';

const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1', '*.localhost'];
/** How long (ms) a client has for its handshake. */
const HANDSHAKE_TIMEOUT = 30_000;
const HOST_NAME = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,9}$/;
/** At most this many certificates for other names stay in memory. */
const MAX_NAMES = 1000;

/** The certificates of a TLS server. */
export interface Certificates {
  /** The certificate (PEM) that clients have to trust. */
  readonly ca: string;
  /** The one for the server's own names. */
  own(): Promise<CertificateAndKey>;
  /** One for another name, where there is an authority that can sign it. */
  other?(name: string): Promise<CertificateAndKey>;
}

/** The certificate and key in files. @throws Error naming the file that can't be read or used */
export function certificatesFromFiles(certFile: string, keyFile: string): Certificates {
  const own = { cert: readPem(certFile, 'certificate'), key: readPem(keyFile, 'key') };
  try {
    new X509Certificate(own.cert);
    createSecureContext({ ...own, ca: own.cert });
  } catch (error) {
    throw new Error(
      /key values mismatch/i.test(String(error))
        ? `the key ${keyFile} is not that of the certificate ${certFile}`
        : `the certificate ${certFile} with the key ${keyFile} can't be used: ${messageOf(error)}`,
    );
  }
  return { ca: own.cert, own: async () => own };
}

/**
 * Certificates signed by the authority in a folder: one for the server's own names, and one for each other name that clients ask
 * for, as in a network of containers, or where a name of the real services resolves to this machine.
 * @param host the name or address that the server listens on
 * @param now ms
 */
export async function certificatesFromAuthority(
  folder: string,
  host: string,
  now: () => number,
): Promise<Certificates> {
  const authority = await openAuthority(folder, now());
  const sign = async (names: readonly string[]) => {
    const { createServerCertificate } = await import('./certificates.ts');
    return createServerCertificate(authority, names, now());
  };
  return {
    ca: authority.cert,
    own: () => sign([...new Set([...LOCAL_NAMES, ...namesOf(host)])]),
    other: (name) => sign([name]),
  };
}

/** Creates a server that decrypts the connections passed to it and hands them to `serve`. It doesn't listen itself. */
export async function createTlsServer(certificates: Certificates, serve: (decrypted: Socket) => void): Promise<Server> {
  // no client certificate is ever checked, but without a `ca` Node loads all authorities that it knows, which takes 20 ms
  const { ca } = certificates;
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = (name: string) => {
    if (!certificates.other || LOCAL_NAMES.includes(name) || !HOST_NAME.test(name)) return undefined;
    let context = contexts.get(name);
    if (!context) {
      if (contexts.size >= MAX_NAMES) contexts.clear();
      context = certificates.other(name).then((pair) => createSecureContext({ ...pair, ca }));
      contexts.set(name, context);
    }
    return context;
  };
  const server = createServer(
    {
      ...(await certificates.own()),
      ca,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT,
      SNICallback: (name, done) => {
        Promise.resolve(contextFor(name.toLowerCase())).then((context) => done(null, context), done);
      },
    },
    serve,
  );
  // a client that doesn't trust the certificate, gives up, or takes too long
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** The names for a `--host`: the host itself or, if it means every address of the machine, all of these. */
function namesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host.toLowerCase()];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => isIP(address) && !address.startsWith('fe80'));
}

function readPem(file: string, kind: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the ${kind} ${file} can't be read: ${reasonOf(error)}`);
  }
}
