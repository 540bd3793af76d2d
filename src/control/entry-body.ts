import type { JournalRequest } from '../sandbox/journal-entry.ts';
import { isObject } from '../support/values.ts';

/** A request's body, made again from its parameters: secrets are redacted, and spaces and order may differ. */
export interface RequestBody {
  readonly type: string;
  readonly text: string;
  /** The fields of a form; undefined: JSON. */
  readonly fields: readonly (readonly [name: string, value: string])[] | undefined;
}

/** The query of a recorded URL, decoded. */
export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

/** The body of a request; undefined: it has none, or it was not recorded. */
export function bodyOf({ url, headers, params }: JournalRequest): RequestBody | undefined {
  // `filter` for `filter[]=…`
  const inQuery = new Set([...queryOf(url).keys()].map((name) => name.split('[', 1)[0]));
  const entries = Object.entries(params).filter(([name]) => name !== '' && !inQuery.has(name));
  if (entries.length === 0) return undefined;
  const type = headers['content-type'] ?? 'application/json';
  if (!/^(application\/x-www-form-urlencoded|multipart\/)/i.test(type))
    return { type, text: JSON.stringify(Object.fromEntries(entries)), fields: undefined };
  const fields = entries.flatMap(([name, value]) => flatten(name, value));
  return { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams(fields)), fields };
}

/** `user: { login: 'mia' }` → `user[login]=mia`. */
function flatten(name: string, value: unknown): [name: string, value: string][] {
  if (Array.isArray(value)) return value.flatMap((each) => flatten(`${name}[]`, each));
  if (isObject(value)) return Object.entries(value).flatMap(([inner, each]) => flatten(`${name}[${inner}]`, each));
  return [[name, String(value ?? '')]];
}
