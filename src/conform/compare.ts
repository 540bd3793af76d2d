import { isObject } from '../support/values.ts';
import type { Answer } from './calls.ts';

/** A difference between two answers to the same call. */
export interface Difference {
  /** `status`, `content type`, `header x`, `text` (of an error), `keys of user`, `type of user.id`, `body`. */
  readonly part: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Headers with values of their own in each answer: only that they are there is compared. */
const CHANGING = /^(date|etag|.*-token-expirationdate)$/;

/**
 * Compares two answers to the same call: status, headers, and the body: errors word for word, records by their keys and types.
 * @param ours its headers are those that the dialect promises: the service may send more
 */
export function compare(ours: Answer, theirs: Answer): Difference[] {
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
    for (const [name, value] of Object.entries(promised)) {
      const given = theirs.headers[name];
      differ(
        `header ${name}`,
        CHANGING.test(name) ? 'present' : value,
        given === undefined ? 'missing' : CHANGING.test(name) ? 'present' : given,
      );
    }
  if (ours.body === undefined || theirs.body === undefined)
    differ('body', JSON.stringify(ours.text), JSON.stringify(theirs.text));
  else if (ours.status >= 400 || theirs.status >= 400)
    differ('text', JSON.stringify(ours.body), JSON.stringify(theirs.body));
  else compareValues('', ours.body, theirs.body, differ);
  return differences;
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
    differ(`keys of ${name}`, Object.keys(ours).join(','), Object.keys(theirs).join(','));
    for (const key of Object.keys(ours))
      if (key in theirs) compareValues(path === '' ? key : `${path}.${key}`, ours[key], theirs[key], differ);
  } else differ(`type of ${name}`, typeOf(ours), typeOf(theirs));
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
