import { Busboy } from '@fastify/busboy';

/** The fields of a multipart body as a query string; files are left out. @throws Error when it is malformed */
export function parseMultipart(bytes: Buffer, contentType: string): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const pairs: string[] = [];
    const parser = new Busboy({ headers: { 'content-type': contentType } });
    parser.on('field', (name, value) => pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`));
    parser.on('file', (_name, file) => file.resume());
    parser.on('error', reject);
    parser.on('finish', () => resolve(pairs.join('&')));
    parser.end(bytes);
  });
}
