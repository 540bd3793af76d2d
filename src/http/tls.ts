import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import { messageOf } from '../support/errors.ts';
import { openAuthority } from './authority.ts';
import type { Pair } from './certificates.ts';

const LOCAL = ['localhost', '127.0.0.1', '::1', '*.localhost'];
const HOST_NAME = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,9}$/;
/** Certificates for names beside the server's own are kept up to this number. */
const MAX_NAMES = 1000;

/** What TLS connections are served with. */
export interface Certificates {
  /** PEM: what clients have to trust. */
  readonly ca: string;
  own(): Promise<Pair>;
  /** For a name that the own certificate is not for. */
  other?(name: string): Promise<Pair>;
}

/** The certificate and key of files. @throws Error naming the file that can't be read or used */
export function certificatesOfFiles(certFile: string, keyFile: string): Certificates {
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
 * Certificates of the authority in a folder: one for the server's own names, and one for each other name that clients ask for
 * (as in a network of containers, or where a name of the real services was made to lead here).
 * @param now ms
 */
export async function certificatesOfAuthority(folder: string, host: string, now: () => number): Promise<Certificates> {
  const authority = await openAuthority(folder, now());
  const make = async (names: string[]) => (await import('./certificates.ts')).makeLeaf(authority, names, now());
  return {
    ca: authority.cert,
    own: () => make([...new Set([...LOCAL, ...namesOf(host)])]),
    other: (name) => make([name]),
  };
}

/** A server that decrypts connections given to it, and hands them on. It doesn't listen itself. */
export async function tlsServer(certificates: Certificates, serve: (decrypted: Socket) => void): Promise<Server> {
  // said though no client is asked who it is: otherwise Node reads every authority that it knows of, for 20 ms
  const { ca } = certificates;
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextOf = (name: string) => {
    if (!certificates.other || LOCAL.includes(name) || !HOST_NAME.test(name)) return undefined;
    let context = contexts.get(name);
    if (!context) {
      if (contexts.size >= MAX_NAMES) contexts.clear();
      context = certificates.other(name).then((pair) => createSecureContext({ ...pair, ca }));
      contexts.set(name, context);
    }
    return context;
  };
  return createServer(
    {
      ...(await certificates.own()),
      ca,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, done) => {
        Promise.resolve(contextOf(name.toLowerCase())).then((context) => done(null, context), done);
      },
    },
    serve,
  );
}

/** The names that a `--host` is reached by: where it stands for every address of the machine, those. */
function namesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host.toLowerCase()];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => isIP(address) && !address.startsWith('fe80'));
}

function readPem(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the ${what} ${file} can't be read: ${messageOf(error)}`);
  }
}
