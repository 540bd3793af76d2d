import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';
import { MAX_PARAMETERS, parseForm } from './form.ts';

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
export type BodyReader = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<Buffer>;

/**
 * A reader of bodies of any type, on any method. doc: the documents' own examples have bodies on GET.
 * @param limit bytes
 */
export function bodyReader(limit: number): BodyReader {
  const read = express.raw({ type: () => true, limit });
  return async (incoming: IncomingMessage & { readonly body?: unknown }, outgoing) => {
    await new Promise<void>((resolve, reject) => {
      read(incoming, outgoing, (error?: unknown) => (error ? reject(bodyError(error)) : resolve()));
      // body-parser reads an oversized body to its end before it fails; reject at the limit, since the end may never come
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) reject(new BodyError('body_too_large', `more than ${limit} bytes`));
      });
    });
    return Buffer.isBuffer(incoming.body) ? incoming.body : Buffer.alloc(0);
  };
}

/** Translates body-parser's errors, which have a status, and leaves others as they are. */
function bodyError(error: unknown): unknown {
  if (!isObject(error) || error.status === undefined) return error;
  if (error.status === 413) return new BodyError('body_too_large', messageOf(error));
  const unsupported = typeof error.type === 'string' && error.type.endsWith('.unsupported');
  return new BodyError(unsupported ? 'unsupported_body' : 'malformed_body', messageOf(error));
}

/**
 * Parses a body: JSON, a form or multipart, as its content type says, or as it looks where the type says nothing.
 * @throws BodyError
 */
export async function parseBody(bytes: Buffer, contentType = ''): Promise<unknown> {
  const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
  if (type === 'multipart/form-data') {
    const { parseMultipart } = await import('./multipart.ts');
    return readForm(await parseMultipart(bytes, contentType, MAX_PARAMETERS).catch(malformed));
  }
  const text = bytes.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(text);
  if (type.endsWith('/xml') || type.endsWith('+xml'))
    throw new BodyError('unsupported_body', `${type}, not JSON or a form`);
  // curl sends a form's type by default, also in the documents' examples; for other types the body's beginning decides
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
