// The only file that loads the certificate library: it is evaluated when a certificate has to be made, and bundled apart.
import 'reflect-metadata';
import { createHash, createPrivateKey, KeyObject, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Apple's systems refuse server certificates that are valid for longer than 825 days. */
const LEAF_DAYS = 397;

/** A new certificate authority. @param now ms; it is valid from a day before, for clocks that are behind */
export async function makeAuthority(now: number): Promise<Pair> {
  const keys = await generateKeys();
  const publicKey = KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' });
  // a name of its own: stores of trusted certificates mix up two of the same name
  const id = createHash('sha256').update(publicKey).digest('hex').slice(0, 8);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: `CN=users-emulator CA ${id}, O=users-emulator`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pair(cert, keys);
}

/** A server's certificate. @param names host names and IP addresses, the first being its common name */
export async function makeLeaf(authority: Pair, names: readonly string[], now: number): Promise<Pair> {
  const issuer = new X509Certificate(authority.cert);
  const keys = await generateKeys();
  const cert = await X509CertificateGenerator.create({
    subject: [{ CN: [names[0]!] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - DAY),
    notAfter: new Date(Math.min(now + LEAF_DAYS * DAY, issuer.notAfter.getTime())),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return pair(cert, keys);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

function pair(cert: X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Pair {
  return {
    cert: `${cert.toString('pem')}\n`,
    key: KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
