import { Busboy } from '@fastify/busboy';

/**
 * Parses a multipart body into a query string of its fields. Files are skipped.
 * @param limit parts at most
 * @throws Error when it is malformed, or has more parts
 */
export function parseMultipart(bytes: Buffer, contentType: string, limit: number): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const pairs: string[] = [];
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { parts: limit } });
    // a lone surrogate, which a text in another charset may have, can't be encoded
    const encode = (text = '') => encodeURIComponent(text.toWellFormed());
    parser.on('field', (name, value) => pairs.push(`${encode(name)}=${encode(value)}`));
    // a truncated file has an error of its own
    parser.on('file', (_name, file) => file.on('error', reject).resume());
    parser.on('partsLimit', () => reject(new Error(`more than ${limit} parts`)));
    parser.on('error', reject);
    parser.on('finish', () => resolve(pairs.join('&')));
    parser.end(bytes);
  });
}
