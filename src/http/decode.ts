import express, { type NextFunction, type Request, type Response } from 'express';
import qs from 'qs';
import { ApiError, fail } from '../api/errors.ts';
import type { Params } from '../core/context.ts';
import type { Format } from '../dialects/dialect.ts';
import type { Call } from './call.ts';

/** Enough for any user; a body beyond it is refused. */
export const MAX_BODY = 1_048_576;
const MAX_PARAMETERS = 10_000;

const SUFFIX = /\.(json|xml)$/;
const NO_PARAMS: Params = Object.freeze({});

/** Reads a whole body, whatever its type, on any method: the documents' own examples have bodies on GET. */
const readBody = express.raw({ type: () => true, limit: MAX_BODY });

/** True when the request announces a body. */
export function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** The call in a request without a body. @throws ApiError `malformed_url` */
export function decode(request: Request, body: Params = NO_PARAMS): Call {
  const { url, headers } = request;
  const mark = url.indexOf('?');
  const [path, suffix] = readPath(mark < 0 ? url : url.slice(0, mark));
  const query = mark < 0 || mark === url.length - 1 ? NO_PARAMS : parseQuery(url.slice(mark + 1));
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path,
    suffix,
    params: body === NO_PARAMS ? query : { ...query, ...body },
    headers,
    baseUrl: `${request.secure ? 'https' : 'http'}://${headers.host ?? 'localhost'}${request.baseUrl}`,
  };
}

/** The call in a request with a body. @throws ApiError `malformed_body`, `unsupported_body`, `body_too_large`, `malformed_url` */
export async function decodeWithBody(request: Request, response: Response): Promise<Call> {
  await new Promise<void>((resolve, reject) => {
    readBody(request, response, ((error?: unknown) => (error ? reject(bodyError(error)) : resolve())) as NextFunction);
  });
  const bytes: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return decode(
    request,
    bytes.length === 0 ? NO_PARAMS : await parseBody(bytes, request.headers['content-type'] ?? ''),
  );
}

/** What can be told of a call whose body or address can't be read: who asks, and in which format. */
export function decodeHead(request: Request): Call {
  try {
    return decode(request);
  } catch {
    const { method, path, headers } = request;
    return { method, path, suffix: suffixOf(path) ?? null, params: NO_PARAMS, headers, baseUrl: '' };
  }
}

/** Query strings and forms: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a blank. */
export function parseQuery(text: string): Params {
  return qs.parse(text, {
    arrayLimit: MAX_PARAMETERS,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    interpretNumericEntities: false,
  });
}

function readPath(raw: string): [path: string, suffix: Format | null] {
  const path = raw.includes('//') ? raw.replace(/\/{2,}/g, '/') : raw;
  const suffix = suffixOf(path);
  const bare = suffix ? path.slice(0, -suffix.length - 1) : path;
  const trimmed = bare.length > 1 && bare.endsWith('/') ? bare.slice(0, -1) : bare;
  if (!trimmed.includes('%')) return [trimmed, suffix ?? null];
  try {
    return [decodeURIComponent(trimmed), suffix ?? null];
  } catch {
    fail('malformed_url');
  }
}

function suffixOf(path: string): Format | undefined {
  return SUFFIX.exec(path)?.[1] as Format | undefined;
}

async function parseBody(bytes: Buffer, contentType: string): Promise<Params> {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'multipart/form-data') {
    const { parseMultipart } = await import('./multipart.ts');
    return parseQuery(await parseMultipart(bytes, contentType));
  }
  const text = bytes.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) return parseJsonBody(text);
  // the documents' curl examples have curl's default type, forms; what says nothing is taken for what it looks like
  if (type === 'application/x-www-form-urlencoded' || !/^\s*[{[]/.test(text)) return parseQuery(text);
  return parseJsonBody(text);
}

/** sdk: some send a bare text or list where there are no parameters. */
function parseJsonBody(text: string): Params {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail('malformed_body', { reason: (error as Error).message });
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Params) : NO_PARAMS;
}

/** What the body reader's errors are in the catalogue. */
function bodyError(error: unknown): unknown {
  const { type, status, message } = error as { type?: string; status?: number; message: string };
  if (error instanceof ApiError || status === undefined) return error;
  if (status === 413) return new ApiError([{ key: 'body_too_large', params: { limit: MAX_BODY } }]);
  const key = type?.endsWith('.unsupported') ? 'unsupported_body' : 'malformed_body';
  return new ApiError([{ key, params: { reason: message } }]);
}
