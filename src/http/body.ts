import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { TextDecoder } from 'node:util';
import { messageOf } from '../support/errors.ts';
import { type FormOptions, MAX_PARAMETERS, parseForm } from './form.ts';

/** A body that can't be read: the key of the error in the catalogue, and the reason as its message. */
export class BodyError extends Error {
  readonly key: 'malformed_body' | 'unsupported_body' | 'body_too_large';

  constructor(key: BodyError['key'], reason: string) {
    super(reason);
    this.name = 'BodyError';
    this.key = key;
  }
}

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Reads a whole body and decompresses it. @throws BodyError */
export type BodyReader = (incoming: IncomingMessage) => Promise<Buffer>;

/** The largest bodies, in bytes: as they arrive, and as they are when decompressed. */
export interface BodyLimits {
  readonly sent: number;
  readonly decompressed: number;
}

/**
 * A reader of bodies of any type, on any method. doc: the documents' own examples have bodies on GET. It fails as soon as a body is
 * over a limit: the rest may never come, and would be read to no end (body-parser waits for it).
 */
export function bodyReader({ sent, decompressed }: BodyLimits): BodyReader {
  return async (incoming) => {
    const encoding = (incoming.headers['content-encoding'] ?? 'identity').toLowerCase();
    if (encoding === 'identity') return readStream(incoming, incoming, sent);
    const decompressor = await createDecompressor(encoding);
    incoming.pipe(decompressor);
    try {
      return await readStream(incoming, decompressor, decompressed);
    } finally {
      incoming.unpipe(decompressor);
      decompressor.destroy();
    }
  };
}

/** Reads a stream into memory. @param incoming the request that it comes from @throws BodyError */
function readStream(incoming: IncomingMessage, stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return fail('body_too_large', `larger than ${limit} bytes`);
      chunks.push(chunk);
    };
    const onEnd = () => {
      release();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onError = (error: unknown) => fail('malformed_body', messageOf(error));
    const onClose = () => {
      if (!incoming.complete) fail('malformed_body', 'the connection was closed before its end');
    };
    const release = () => {
      stream.off('data', onData).off('end', onEnd);
      incoming.off('close', onClose);
    };
    const fail = (key: BodyError['key'], reason: string) => {
      release();
      reject(new BodyError(key, reason));
    };
    // the error listeners stay: a stream may fail later, when nobody reads it any more
    incoming.on('error', onError).on('close', onClose);
    if (stream !== incoming) stream.on('error', onError);
    stream.on('data', onData).on('end', onEnd);
  });
}

/** Names of content encodings → the function of `node:zlib` that undoes them. Node.js has `createZstdDecompress` since 22.15. */
const DECOMPRESSORS: Readonly<Record<string, string>> = {
  gzip: 'createGunzip',
  deflate: 'createInflate',
  br: 'createBrotliDecompress',
  zstd: 'createZstdDecompress',
};

/** Loads zlib at its first use: most clients send their bodies as they are. @throws BodyError for an unknown encoding */
async function createDecompressor(encoding: string): Promise<Transform> {
  const zlib: Readonly<Record<string, unknown>> = await import('node:zlib');
  const create = Object.hasOwn(DECOMPRESSORS, encoding) ? zlib[DECOMPRESSORS[encoding] ?? ''] : undefined;
  const decompressor: unknown = typeof create === 'function' ? create() : undefined;
  if (decompressor instanceof Transform) return decompressor;
  throw new BodyError('unsupported_body', `unsupported content encoding "${encoding}"`);
}

interface BodyOptions {
  /** The value of a name that a form repeats. */
  readonly duplicates?: FormOptions['duplicates'];
  /** Whether whole numbers of JSON that JavaScript would round become texts of their digits. */
  readonly keepDigits?: boolean;
}

/**
 * Parses a body: JSON, a form or multipart, as its content type says, or as it looks where the type says nothing.
 * @throws BodyError
 */
export async function parseBody(
  bytes: Buffer,
  contentType = '',
  { duplicates = 'combine', keepDigits = false }: BodyOptions = {},
): Promise<unknown> {
  const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
  if (type === 'multipart/form-data') {
    const { parseMultipart } = await import('./multipart.ts');
    return readForm(await parseMultipart(bytes, contentType, MAX_PARAMETERS).catch(malformed), { duplicates });
  }
  const decoder = decoderOf(contentType);
  const text = decodeText(bytes, decoder);
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(text, keepDigits);
  if (type.endsWith('/xml') || type.endsWith('+xml'))
    throw new BodyError('unsupported_body', `${type}, not JSON or a form`);
  // curl sends a form's type by default, also in the documents' examples; for other types the body's beginning decides
  if (type === 'application/x-www-form-urlencoded' || !/^\s*[{[]/.test(text))
    return readForm(text, { charset: decoder.encoding === 'windows-1252' ? 'iso-8859-1' : 'utf-8', duplicates });
  return parseJson(text, keepDigits);
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** A decoder of the charset that a content type names. Every name of ISO-8859-1 stands for windows-1252, as in browsers. @throws BodyError */
function decoderOf(contentType: string): TextDecoder {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? [];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return UTF_8;
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new BodyError('unsupported_body', `unsupported charset "${charset}"`);
  }
}

/** The text that bytes stand for, without a byte order mark. @throws BodyError for bytes that the charset doesn't have */
function decodeText(bytes: Buffer, decoder: TextDecoder): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    malformed(error);
  }
}

/** A whole number of 16 to 40 digits: JavaScript rounds those above 2^53. */
const LONG_NUMBER = /[:,[\s]-?[1-9]\d{15,39}\s*[,}\]]/;
/** Long numbers, and the tokens that tell whether one is in a string. */
const LONG_NUMBERS_AND_QUOTES = /\\.|"|(?<![\d.eE+-])-?[1-9]\d{15,39}(?![\d.eE])/g;

function parseJson(text: string, keepDigits: boolean): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return keepDigits && LONG_NUMBER.test(text) ? JSON.parse(quoteLongNumbers(text)) : value;
  } catch (error) {
    malformed(error);
  }
}

/** @param json valid JSON */
function quoteLongNumbers(json: string): string {
  let inString = false;
  return json.replace(LONG_NUMBERS_AND_QUOTES, (token) => {
    if (token === '"') inString = !inString;
    const isNumber = !inString && token !== '"';
    return isNumber && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
  });
}

function readForm(text: string, options: FormOptions): unknown {
  try {
    return parseForm(text, options);
  } catch (error) {
    malformed(error);
  }
}

function malformed(error: unknown): never {
  throw new BodyError('malformed_body', messageOf(error));
}
