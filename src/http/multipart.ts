import { Busboy } from '@fastify/busboy';

/** The character in place of bytes that can't be decoded. */
const REPLACEMENT = '\ufffd';

/**
 * Parses a multipart body into a query string of its fields. Files are skipped.
 * @param limit parts at most
 * @throws Error when it is malformed, has more parts, or has a field that is not in its charset
 */
export function parseMultipart(bytes: Buffer, contentType: string, limit: number): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const pairs: string[] = [];
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { parts: limit } });
    // a lone surrogate, which a text in another charset may have, can't be encoded
    const encode = (text = '') => encodeURIComponent(text.toWellFormed());
    // the parser replaces bytes that it can't decode
    const isReplaced = (text: string) => text.includes(REPLACEMENT) && !bytes.includes(REPLACEMENT);
    parser.on('field', (name, value) => {
      if (isReplaced(value)) reject(new Error('a field is not in its charset'));
      pairs.push(`${encode(name)}=${encode(value)}`);
    });
    // a truncated file has an error of its own
    parser.on('file', (_name, file) => file.on('error', reject).resume());
    parser.on('partsLimit', () => reject(new Error(`more than ${limit} parts`)));
    parser.on('error', reject);
    parser.on('finish', () => resolve(pairs.join('&')));
    parser.end(bytes);
  });
}
