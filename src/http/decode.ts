import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Params } from '../core/context.ts';
import type { Format } from '../dialects/dialect.ts';
import { ApiError, fail } from '../model/errors.ts';
import { isObject } from '../support/values.ts';
import { BodyError, bodyReader, parseBody } from './body.ts';
import { parseForm } from './form.ts';
import type { ApiRequest } from './messages.ts';
import { splitUrl, type Target } from './target.ts';

/** Enough for any user; a body beyond it is refused. */
export const MAX_BODY = 1_048_576;

const readApiBody = bodyReader(MAX_BODY);

/** What the journal has room for, bytes and values: of larger requests, a thousand would fill the memory. */
const JOURNAL_LIMITS = { bytes: 65_536, values: 2000 };
/** So few bytes hold no more values than that. */
const SHORT = 2 * JOURNAL_LIMITS.values;

/** Far more than any request needs. What walks through parameters (filters, signatures, the journal) does so by recursion. */
const MAX_DEPTH = 32;

const SUFFIX = /\.(json|xml)$/;
const NO_PARAMS: Params = Object.freeze({});

/** The call in a request whose body was read. @param size of the body in bytes @throws ApiError `malformed_url` */
export function decode(request: IncomingMessage, place: Target, body: Params = NO_PARAMS, size = 0): ApiRequest {
  const [raw, query] = splitUrl(place.url);
  const [path, suffix] = readPath(raw);
  const params = query === '' ? body : { ...readQuery(query), ...body };
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method!,
    path,
    suffix,
    params,
    tooLargeForJournal:
      size > JOURNAL_LIMITS.bytes ||
      (size + query.length > SHORT && valuesIn(params, MAX_DEPTH) > JOURNAL_LIMITS.values),
    headers: request.headers,
    baseUrl: originOf(request) + place.mount,
  };
}

/** The call in a request with a body. @throws ApiError `malformed_body`, `unsupported_body`, `body_too_large`, `malformed_url` */
export async function decodeWithBody(
  request: IncomingMessage,
  response: ServerResponse,
  place: Target,
): Promise<ApiRequest> {
  try {
    const bytes = await readApiBody(request, response);
    const value = bytes.length === 0 ? undefined : await parseBody(bytes, request.headers['content-type']);
    checkDepth(value);
    // sdk: some send a bare text or list where there are no parameters
    return decode(request, place, isObject(value) ? value : NO_PARAMS, bytes.length);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    throw new ApiError([{ key: error.key, params: { reason: error.message, limit: MAX_BODY } }]);
  }
}

/** What can be told of a call whose body or address can't be read: who asks, and in which format. */
export function decodeHead(request: IncomingMessage, place: Target): ApiRequest {
  try {
    return decode(request, place);
  } catch {
    const [path] = splitUrl(place.url);
    const { method, headers } = request;
    const suffix = suffixOf(path) ?? null;
    return { method: method!, path, suffix, params: NO_PARAMS, tooLargeForJournal: false, headers, baseUrl: '' };
  }
}

function originOf({ socket, headers }: IncomingMessage): string {
  return `${(socket as TLSSocket).encrypted ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
}

function readQuery(query: string): Params {
  try {
    return parseForm(query);
  } catch {
    fail('malformed_url');
  }
}

function readPath(raw: string): [path: string, suffix: Format | null] {
  const path = trim(raw.includes('//') ? raw.replace(/\/{2,}/g, '/') : raw);
  const suffix = suffixOf(path);
  const bare = trim(suffix ? path.slice(0, -suffix.length - 1) : path);
  if (!bare.includes('%')) return [bare, suffix ?? null];
  try {
    // a slash inside of an id is no slash of the path
    return [bare.split('/').map(readSegment).join('/'), suffix ?? null];
  } catch {
    fail('malformed_url');
  }
}

/** A segment without encoding, but for what would be taken for the path's own: `a%2Fb` stays as it is. */
function readSegment(raw: string): string {
  return decodeURIComponent(raw).replace(/[%/]/g, encodeURIComponent);
}

function trim(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function suffixOf(path: string): Format | undefined {
  return SUFFIX.exec(path)?.[1] as Format | undefined;
}

/** @throws BodyError for a body that is nested too deeply */
export function checkDepth(value: unknown): void {
  if (valuesIn(value, MAX_DEPTH) === Number.POSITIVE_INFINITY)
    throw new BodyError('malformed_body', `nested deeper than ${MAX_DEPTH} levels`);
}

/** How many values there are inside a value, itself included; Infinity: it is deeper than so many levels. */
function valuesIn(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (levels === 0) return Number.POSITIVE_INFINITY;
  return Object.values(value).reduce((count, inner) => count + valuesIn(inner, levels - 1), 1);
}
