// X.509 certificates (RFC 5280): those of one authority, and of the servers that it vouches for.
import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { contentOf, derElement, elementAt } from '../support/der.ts';
import { createRandom, HEX } from '../support/random.ts';

/** A certificate and its private key, both PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Apple's systems refuse server certificates that are valid for longer than 825 days. */
const SERVER_DAYS = 397;
/** The years up to it have two digits. */
const LAST_SHORT_YEAR = 2049;

/** Tags of ASN.1. `CONTEXT` with a number: a choice or an optional element of that number. */
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

const element = (tag: number, content: Uint8Array) => derElement(tag, [content]);
const sequence = (parts: readonly Buffer[]) => derElement(SEQUENCE, parts);
const byte = (value: number) => Buffer.from([value]);
const bitString = (bits: Buffer, unused = 0) => derElement(BIT_STRING, [byte(unused), bits]);
/** An object identifier in hexadecimal. */
const object = (hex: string) => element(OBJECT, Buffer.from(hex, 'hex'));

const VERSION_3 = element(CONTEXT | CONSTRUCTED, element(INTEGER, byte(2)));
const ECDSA_WITH_SHA256 = sequence([object('2a8648ce3d040302')]);
const COMMON_NAME = object('550403');
const ORGANIZATION = object('55040a');
const SERVER_AUTHENTICATION = object('2b06010505070301');
const TRUE = element(BOOLEAN, byte(0xff));

const extension = (id: string, value: Buffer) => sequence([object(id), element(OCTET_STRING, value)]);
const criticalExtension = (id: string, value: Buffer) => sequence([object(id), TRUE, element(OCTET_STRING, value)]);
const basicConstraints = (parts: readonly Buffer[]) => criticalExtension('551d13', sequence(parts));
/** @param usage its bits, from the highest @param unused how many of the byte's bits come after the last that is set */
const keyUsage = (usage: number, unused: number) => criticalExtension('551d0f', bitString(byte(usage), unused));
const subjectKeyIdentifier = (key: KeyObject) => extension('551d0e', element(OCTET_STRING, keyIdentifier(key)));
const authorityKeyIdentifier = (key: KeyObject) =>
  extension('551d23', sequence([element(CONTEXT, keyIdentifier(key))]));

/** Creates a certificate authority. @param now ms; it is valid from the day before, for clients whose clocks are behind */
export async function createAuthority(now: number): Promise<CertificateAndKey> {
  const { publicKey, privateKey } = await generateKeys();
  // a unique name: trust stores mix up two authorities of the same name
  const id = createHash('sha256').update(spkiOf(publicKey)).digest('hex').slice(0, 8);
  const name = nameOf([
    [COMMON_NAME, `users-emulator CA ${id}`],
    [ORGANIZATION, 'users-emulator'],
  ]);
  return issue({
    issuer: name,
    signingKey: privateKey,
    notBefore: now - DAY,
    notAfter: now + AUTHORITY_DAYS * DAY,
    subject: name,
    publicKey,
    privateKey,
    extensions: [
      // an authority that signs no other one
      basicConstraints([TRUE, element(INTEGER, byte(0))]),
      // of certificates and revocation lists
      keyUsage(0x06, 1),
      subjectKeyIdentifier(publicKey),
    ],
  });
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
  return issue({
    // Certificate → TBSCertificate → after version, serial number, algorithm, issuer and validity
    issuer: elementAt(issuer.raw, 0, 5),
    signingKey: createPrivateKey(authority.key),
    notBefore: now - DAY,
    notAfter: Math.min(now + SERVER_DAYS * DAY, Date.parse(issuer.validTo)),
    subject: nameOf([[COMMON_NAME, commonName]]),
    ...keys,
    extensions: [
      basicConstraints([]),
      // digital signatures
      keyUsage(0x80, 7),
      extension('551d25', sequence([SERVER_AUTHENTICATION])),
      extension('551d11', sequence(names.map(alternativeName))),
      subjectKeyIdentifier(keys.publicKey),
      authorityKeyIdentifier(issuer.publicKey),
    ],
  });
}

interface Contents extends KeyPair {
  /** DER, as the subject. */
  readonly issuer: Buffer;
  readonly signingKey: KeyObject;
  /** ms, as the end. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Buffer;
  readonly extensions: readonly Buffer[];
}

function issue(contents: Contents): CertificateAndKey {
  const { issuer, signingKey, notBefore, notAfter, subject, publicKey, privateKey, extensions } = contents;
  const toSign = sequence([
    VERSION_3,
    // positive, and without a zero in front
    element(INTEGER, Buffer.from(`4${createRandom().token(HEX, 31)}`, 'hex')),
    ECDSA_WITH_SHA256,
    issuer,
    sequence([timeOf(notBefore), timeOf(notAfter)]),
    subject,
    spkiOf(publicKey),
    element(CONTEXT | CONSTRUCTED | 3, sequence(extensions)),
  ]);
  const certificate = sequence([toSign, ECDSA_WITH_SHA256, bitString(sign('sha256', toSign, signingKey))]);
  return {
    cert: new X509Certificate(certificate).toString(),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function generateKeys(): Promise<KeyPair> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** The first method of RFC 5280, section 4.2.1.2: the hash of the key's bits, without the count of unused ones. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const bits = contentOf(elementAt(spkiOf(publicKey), 1)).subarray(1);
  return createHash('sha1').update(bits).digest();
}

function nameOf(parts: readonly (readonly [type: Buffer, text: string])[]): Buffer {
  return sequence(parts.map(([type, text]) => element(SET, sequence([type, element(UTF8_STRING, Buffer.from(text))]))));
}

/** @param time ms; fractions of a second are lost */
function timeOf(time: number): Buffer {
  const date = new Date(time);
  const text = date.toISOString().replace(/[-T:]|\.\d+/g, '');
  const short = date.getUTCFullYear() <= LAST_SHORT_YEAR;
  return element(short ? UTC_TIME : GENERALIZED_TIME, Buffer.from(short ? text.slice(2) : text));
}

function alternativeName(name: string): Buffer {
  const kind = isIP(name);
  if (kind === 0) return element(CONTEXT | 2, Buffer.from(name));
  return element(CONTEXT | 7, kind === 4 ? Buffer.from(name.split('.').map(Number)) : bytesOfIpV6(name));
}

function bytesOfIpV6(address: string): Buffer {
  const [withoutZone] = address.split('%');
  // as URLs have it: in hexadecimal throughout
  const { hostname } = new URL(`http://[${withoutZone}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
