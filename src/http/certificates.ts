// Only this file loads the certificate library. It is a bundle of its own, loaded when a certificate has to be created.
import 'reflect-metadata/lite';
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
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Apple's systems refuse server certificates that are valid for longer than 825 days. */
const SERVER_DAYS = 397;

/** Creates a certificate authority. @param now ms; it is valid from the day before, for clients whose clocks are behind */
export async function createAuthority(now: number): Promise<CertificateAndKey> {
  const keys = await generateKeys();
  const publicKey = KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' });
  // a unique name: trust stores mix up two authorities of the same name
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
  return toPem(cert, keys);
}

/**
 * Creates a server certificate.
 * @param names host names and IP addresses; the first is the common name
 * @param now ms
 */
export async function createServerCertificate(
  authority: CertificateAndKey,
  names: readonly string[],
  now: number,
): Promise<CertificateAndKey> {
  const [commonName = 'localhost'] = names;
  const issuer = new X509Certificate(authority.cert);
  const keys = await generateKeys();
  const cert = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - DAY),
    notAfter: new Date(Math.min(now + SERVER_DAYS * DAY, issuer.notAfter.getTime())),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(alternativeName)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return toPem(cert, keys);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

function toPem(cert: X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): CertificateAndKey {
  return {
    cert: `${cert.toString('pem')}\n`,
    key: String(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' })),
  };
}

function alternativeName(name: string): { type: 'ip' | 'dns'; value: string } {
  // the library misreads IPv6 addresses with an IPv4 part: a URL writes all of it in hexadecimal
  if (isIP(name) === 6) return { type: 'ip', value: new URL(`http://[${name}]`).hostname.slice(1, -1) };
  return { type: isIP(name) ? 'ip' : 'dns', value: name };
}
