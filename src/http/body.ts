import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { parseForm } from './form.ts';

/** Why a body can't be read: its key in the catalogue of errors, and the reason in words. */
export class BodyError extends Error {
  readonly key: 'malformed_body' | 'unsupported_body' | 'body_too_large';

  constructor(key: BodyError['key'], reason: string) {
    super(reason);
    this.name = 'BodyError';
    this.key = key;
  }
}

/** True when the request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Reads a whole body, whatever its type, and undoes its compression.
 * @param limit bytes, also of what was compressed
 * @throws BodyError
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return collect(request, request, limit);
  return unpack(request, encoding).then((unpacked) => collect(request, unpacked, limit));
}

async function unpack(request: IncomingMessage, encoding: string): Promise<Readable> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  if (encoding === 'gzip') return request.pipe(createGunzip());
  if (encoding === 'deflate') return request.pipe(createInflate());
  if (encoding === 'br') return request.pipe(createBrotliDecompress());
  throw new BodyError('unsupported_body', `unsupported content encoding "${encoding}"`);
}

function collect(request: IncomingMessage, source: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const failed = (key: BodyError['key'], reason: string) => {
      source.removeAllListeners('data');
      request.unpipe();
      request.resume(); // what is still to come is of no use, but must not stand in the way of the next request
      reject(new BodyError(key, reason));
    };
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) failed('body_too_large', `more than ${limit} bytes`);
      else chunks.push(chunk);
    });
    source.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    source.on('error', (error) => failed('malformed_body', error.message));
    request.on('aborted', () => failed('malformed_body', 'the connection was closed'));
  });
}

/**
 * The value in a body: JSON, a form or its multipart kind, by its type or, where that says nothing, by its looks.
 * @throws BodyError
 */
export async function parseBody(bytes: Buffer, contentType = ''): Promise<unknown> {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'multipart/form-data') {
    const { parseMultipart } = await import('./multipart.ts');
    return parseForm(await parseMultipart(bytes, contentType));
  }
  const text = bytes.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(text);
  // the documents' curl examples have curl's default type, forms; what says nothing is taken for what it looks like
  if (type === 'application/x-www-form-urlencoded' || !/^\s*[{[]/.test(text)) return parseForm(text);
  return parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BodyError('malformed_body', (error as Error).message);
  }
}
