import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { messageOf } from '../support/errors.ts';
import { MAX_PARAMETERS, parseForm } from './form.ts';

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

/** Reads a whole body and undoes its compression. @throws BodyError */
export type BodyReader = (request: IncomingMessage, response: ServerResponse) => Promise<Buffer>;

/** A reader of bodies of any type, on any method: the documents' own examples have bodies on GET. @param limit bytes */
export function bodyReader(limit: number): BodyReader {
  const read = express.raw({ type: () => true, limit });
  return async (request: IncomingMessage & { readonly body?: unknown }, response) => {
    await new Promise<void>((resolve, reject) => {
      read(request, response, (error?: unknown) => (error ? reject(readError(error)) : resolve()));
      // Express waits for the end of what is too large, and there may never be one
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) reject(new BodyError('body_too_large', `more than ${limit} bytes`));
      });
    });
    return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  };
}

/** What the reader's errors are in the catalogue. */
function readError(error: unknown): unknown {
  const { type, status, message } = error as { type?: string; status?: number; message: string };
  if (status === undefined) return error;
  if (status === 413) return new BodyError('body_too_large', message);
  return new BodyError(type?.endsWith('.unsupported') ? 'unsupported_body' : 'malformed_body', message);
}

/**
 * The value in a body: JSON, a form or its multipart kind, by its type or, where that says nothing, by its looks.
 * @throws BodyError
 */
export async function parseBody(bytes: Buffer, contentType = ''): Promise<unknown> {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'multipart/form-data') {
    const { parseMultipart } = await import('./multipart.ts');
    return readForm(await parseMultipart(bytes, contentType, MAX_PARAMETERS).catch(malformed));
  }
  const text = bytes.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(text);
  if (type.endsWith('/xml') || type.endsWith('+xml'))
    throw new BodyError('unsupported_body', `${type}, not JSON or a form`);
  // the documents' curl examples have curl's default type, forms; what says nothing is taken for what it looks like
  if (type === 'application/x-www-form-urlencoded' || !/^\s*[{[]/.test(text)) return readForm(text);
  return parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    malformed(error);
  }
}

function readForm(text: string): unknown {
  try {
    return parseForm(text);
  } catch (error) {
    malformed(error);
  }
}

function malformed(error: unknown): never {
  throw new BodyError('malformed_body', messageOf(error));
}
