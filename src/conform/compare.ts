import { isObject } from '../support/values.ts';
import type { Answer, Probe } from './calls.ts';

/** A difference between two answers to the same call. */
export interface Difference {
  /** `status`, `content type`, `header x`, `shape` and `text` (of an error), `keys of user`, `type of user.id`, `value of limit`, `body`. */
  readonly part: string;
  readonly ours: string;
  readonly theirs: string;
}

/** In place of the status of a service that closes the connection. */
export const NO_ANSWER = 'no answer';

/** Whether a difference is one of headers, which belong to the service as a whole. */
export function isOfHeader({ part }: Difference): boolean {
  return part.startsWith('header ');
}

/** Headers with values of their own in each answer: only that they are there is compared. */
const CHANGING = /^(date|etag|.*-token-expirationdate)$/;

/**
 * Compares two answers to the same call: status, headers, and the body: errors word for word, records by their keys and types.
 * @param ours its headers are those that the dialect promises: the service may send more
 * @param also values and headers that count as well
 */
export function compare(ours: Answer, theirs: Answer, also: Pick<Probe, 'values' | 'headers'> = {}): Difference[] {
  if (theirs.status === 0) return [{ part: 'status', ours: String(ours.status), theirs: NO_ANSWER }];
  const differences: Difference[] = [];
  const differ = (part: string, a: string, b: string) => {
    if (a !== b) differences.push({ part, ours: a, theirs: b });
  };
  differ('status', String(ours.status), String(theirs.status));
  const { 'content-type': ourType = '', ...promised } = ours.headers;
  if (ours.body !== undefined || theirs.body !== undefined)
    differ('content type', ourType, theirs.headers['content-type'] ?? '');
  // other statuses have other headers
  if (ours.status === theirs.status)
    for (const name of new Set([...Object.keys(promised), ...(also.headers ?? [])]))
      differ(`header ${name}`, headerOf(ours, name), headerOf(theirs, name));
  if (ours.body === undefined || theirs.body === undefined)
    differ('body', JSON.stringify(ours.text), JSON.stringify(theirs.text));
  else if (ours.status >= 400 || theirs.status >= 400) {
    const isShape = skeletonOf(ours.body) !== skeletonOf(theirs.body);
    differ(isShape ? 'shape' : 'text', JSON.stringify(ours.body), JSON.stringify(theirs.body));
  } else {
    compareValues('', ours.body, theirs.body, differ);
    for (const path of also.values ?? []) {
      const [a, b] = [valueAt(ours.body, path), valueAt(theirs.body, path)];
      // a missing one is a difference of keys
      if (a !== undefined && b !== undefined) differ(`value of ${path}`, a, b);
    }
  }
  return differences;
}

function headerOf({ headers }: Answer, name: string): string {
  const value = headers[name];
  if (value === undefined) return 'none';
  return CHANGING.test(name) ? 'one' : value;
}

/** @param path of the value: `items[].user`; empty for the body itself */
function compareValues(
  path: string,
  ours: unknown,
  theirs: unknown,
  differ: (part: string, a: string, b: string) => void,
): void {
  const name = path === '' ? 'the body' : path;
  // a field without a value has no type
  if (ours === null || theirs === null) return;
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length > 0 && theirs.length > 0) compareValues(`${path}[]`, ours[0], theirs[0], differ);
  } else if (isObject(ours) && isObject(theirs)) {
    differ(`keys of ${name}`, keysIn(ours, name), keysIn(theirs, name));
    if (name === 'session')
      differ('user of session', 'user' in ours ? 'one' : 'none', 'user' in theirs ? 'one' : 'none');
    for (const key of Object.keys(ours))
      if (key in theirs) compareValues(path === '' ? key : `${path}.${key}`, ours[key], theirs[key], differ);
  } else differ(`type of ${name}`, typeOf(ours), typeOf(theirs));
}

/** Whether a session has a user depends on the session, and is compared apart. */
function keysIn(value: object, name: string): string {
  return Object.keys(value)
    .filter((key) => name !== 'session' || key !== 'user')
    .join(',');
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** A value inside a body as JSON. @param path `items.0.user.login` */
function valueAt(body: unknown, path: string): string | undefined {
  let value = body;
  for (const name of path.split('.'))
    value = Array.isArray(value) && name === 'length' ? value.length : Object(value)[name];
  return JSON.stringify(value);
}

/** The keys and lists of an error, without its texts. */
function skeletonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(skeletonOf))].join()}]`;
  if (!isObject(value)) return value === null ? 'null' : 'text';
  return `{${Object.entries(value).map(([key, inner]) => `${key}:${skeletonOf(inner)}`)}}`;
}

/** All texts of an error, whatever its shape. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
