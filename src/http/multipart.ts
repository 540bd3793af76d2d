import { Busboy } from '@fastify/busboy';

/**
 * The fields of a multipart body as a query string; files are left out.
 * @param most fields that are read
 * @throws Error when it is malformed, or has more
 */
export function parseMultipart(bytes: Buffer, contentType: string, most: number): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const pairs: string[] = [];
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { parts: most } });
    // half of a pair of units can't be encoded: text in another charset may hold one
    const encode = (text = '') => encodeURIComponent(text.toWellFormed());
    parser.on('field', (name, value) => pairs.push(`${encode(name)}=${encode(value)}`));
    // a file that is cut off is an error of its own
    parser.on('file', (_name, file) => file.on('error', reject).resume());
    parser.on('partsLimit', () => reject(new Error(`more than ${most} parts`)));
    parser.on('error', reject);
    parser.on('finish', () => resolve(pairs.join('&')));
    parser.end(bytes);
  });
}
