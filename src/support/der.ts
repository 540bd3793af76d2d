/**
 * An element of ASN.1 in DER, the encoding of certificates and keys.
 * @param tag the byte that names its type
 * @param parts its content: the bytes of all parts in turn
 */
export function derElement(tag: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/**
 * Finds an element inside of another one.
 * @param der well-formed, such as a certificate that OpenSSL has read
 * @param path for each level, how many elements come before
 * @returns its bytes, tag and length included
 */
export function elementAt(der: Buffer, ...path: readonly number[]): Buffer {
  let element = der;
  for (const before of path) {
    let rest = contentOf(element);
    for (let skipped = 0; skipped < before; skipped++) rest = rest.subarray(endOf(rest));
    element = rest.subarray(0, endOf(rest));
  }
  return element;
}

/** The content of an element, without tag and length. */
export function contentOf(element: Buffer): Buffer {
  return element.subarray(contentStart(element), endOf(element));
}

function contentStart(der: Buffer): number {
  const length = der[1] ?? 0;
  return 2 + (length > 0x7f ? length & 0x7f : 0);
}

function endOf(der: Buffer): number {
  const length = der[1] ?? 0;
  return contentStart(der) + (length > 0x7f ? der.readUIntBE(2, length & 0x7f) : length);
}
