import type { IncomingMessage } from 'node:http';
import type { Params } from '../core/context.ts';
import type { Format } from '../dialects/dialect.ts';
import { ApiError, fail } from '../model/errors.ts';
import { remember } from '../support/remember.ts';
import { isObject } from '../support/values.ts';
import type { ApiRequest } from './api-messages.ts';
import { BodyError, bodyReader, parseBody } from './body.ts';
import { parseForm } from './form.ts';
import { splitUrl, type Target } from './target.ts';

/** The largest body, in bytes: enough for any user. */
export const MAX_BODY = 1_048_576;

const readApiBody = bodyReader({ sent: MAX_BODY, decompressed: MAX_BODY });

/** The journal leaves out parameters over these limits: a thousand such requests would fill the memory. */
const JOURNAL_LIMITS = { bytes: 65_536, values: 2000 };

/** The deepest nesting of parameters: far more than any request needs. Filters, signatures and the journal walk them recursively. */
const MAX_DEPTH = 32;

const SUFFIXES: readonly Format[] = ['json', 'xml'];
const NO_PARAMS: Params = Object.freeze({});

/**
 * Decodes a request without a body, or whose body was read.
 * @param body the parameters in it
 * @param size of the body in bytes
 * @throws ApiError `malformed_url`
 */
export function decode(
  { method = 'GET', headers, socket }: IncomingMessage,
  { url, home }: Target,
  body: Params = NO_PARAMS,
  size = 0,
): ApiRequest {
  const [rawPath, query] = splitUrl(url);
  const [path, suffix] = readPath(rawPath);
  const inQuery = query === '' ? NO_PARAMS : readQuery(query, duplicatesIn(method));
  const params = bothOf(inQuery, body);
  // each value takes two bytes at least: a short request needs no count
  const mayHaveMany = size + query.length > 2 * JOURNAL_LIMITS.values;
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  return {
    method: method === 'HEAD' ? 'GET' : method,
    path,
    suffix,
    params,
    query: inQuery,
    bodySize: size,
    tooLargeForJournal:
      size > JOURNAL_LIMITS.bytes || (mayHaveMany && countValues(params, MAX_DEPTH) > JOURNAL_LIMITS.values),
    headers,
    scheme,
    baseUrl: `${scheme}://${headers.host ?? 'localhost'}${home}`,
  };
}

function bothOf(query: Params, body: Params): Params {
  if (body === NO_PARAMS) return query;
  return query === NO_PARAMS ? body : { ...query, ...body };
}

/** Reads the body of a request and decodes both. @throws ApiError `malformed_body`, `unsupported_body`, `body_too_large`, `malformed_url` */
export async function decodeWithBody(incoming: IncomingMessage, target: Target): Promise<ApiRequest> {
  try {
    const bytes = await readApiBody(incoming);
    // doc: legacy-users/user-sign-up, `facebook_id` is an Integer; Facebook's have up to 17 digits, and clients in other languages
    // send them as numbers
    const options = { duplicates: duplicatesIn(incoming.method), keepDigits: true };
    const value = bytes.length === 0 ? undefined : await parseBody(bytes, incoming.headers['content-type'], options);
    checkDepth(value);
    // sdk: some send a bare text or list instead of parameters
    return decode(incoming, target, isObject(value) ? value : NO_PARAMS, bytes.length);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    throw new ApiError([{ key: error.key, params: { reason: error.message, limit: MAX_BODY } }]);
  }
}

/** Decodes as much as an error's answer needs of a request whose body or address can't be read: its caller and its format. */
export function decodeHead(incoming: IncomingMessage, target: Target): ApiRequest {
  try {
    return decode(incoming, target);
  } catch {
    const { method = 'GET', headers } = incoming;
    const [path] = splitUrl(target.url);
    const suffix = suffixOf(path) ?? null;
    return {
      method,
      path,
      suffix,
      params: NO_PARAMS,
      query: NO_PARAMS,
      bodySize: 0,
      tooLargeForJournal: false,
      headers,
      scheme: 'encrypted' in incoming.socket ? 'https' : 'http',
      baseUrl: '',
    };
  }
}

/** sdk: Dart repeats a name in the query of a GET for a list. guess: in POST and PUT the last value counts, as in Rack. */
function duplicatesIn(method: string | undefined): 'last' | 'combine' {
  return method === 'POST' || method === 'PUT' ? 'last' : 'combine';
}

/** The queries that are remembered: how many, and of what length at most, in characters. */
const REMEMBERED = { queries: 200, length: 1000 };

/** Clients repeat their queries, and parsing a list of ten ids takes longer than finding the users. */
const repeatedQuery = remember(REMEMBERED.queries, (query: string) => parseQuery(query, 'combine'));

function readQuery(query: string, duplicates: 'last' | 'combine'): Params {
  const mayBeRepeated = duplicates === 'combine' && query.length <= REMEMBERED.length;
  return mayBeRepeated ? repeatedQuery(query) : parseQuery(query, duplicates);
}

function parseQuery(query: string, duplicates: 'last' | 'combine'): Params {
  try {
    return parseForm(query, { duplicates });
  } catch {
    fail('malformed_url');
  }
}

function readPath(raw: string): [path: string, suffix: Format | null] {
  const path = trimSlash(raw.includes('//') ? raw.replace(/\/{2,}/g, '/') : raw);
  const suffix = suffixOf(path);
  const bare = trimSlash(suffix ? path.slice(0, -suffix.length - 1) : path);
  if (!bare.includes('%')) return [bare, suffix ?? null];
  try {
    // an encoded slash belongs to an id: it doesn't separate segments
    return [bare.split('/').map(decodeSegment).join('/'), suffix ?? null];
  } catch {
    fail('malformed_url');
  }
}

/** Decodes a segment, except `%2F` and `%25`: `a%2Fb` stays as it is. */
function decodeSegment(raw: string): string {
  return decodeURIComponent(raw).replace(/[%/]/g, encodeURIComponent);
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function suffixOf(path: string): Format | undefined {
  return SUFFIXES.find((format) => path.endsWith(`.${format}`));
}

/** @throws BodyError for a body that is nested too deeply */
export function checkDepth(value: unknown): void {
  if (countValues(value, MAX_DEPTH) === Number.POSITIVE_INFINITY)
    throw new BodyError('malformed_body', `nested deeper than ${MAX_DEPTH} levels`);
}

/** Counts a value and all values inside it. @returns Infinity when it is nested deeper than `levels` */
function countValues(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (levels === 0) return Number.POSITIVE_INFINITY;
  return Object.values(value).reduce((count, inner) => count + countValues(inner, levels - 1), 1);
}
