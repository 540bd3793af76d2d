import qs from 'qs';
import type { Params } from '../core/context.ts';

/** Far more than any request has. */
export const MAX_PARAMETERS = 10_000;
/** Longer lists are parsed as objects keyed by index, so that `a[999999]=x` cannot allocate a huge sparse array. */
const MAX_LIST = 1000;

export interface FormOptions {
  /** The charset of the escaped bytes in a form, such as `%C3%A9` or `%E9`. */
  readonly charset?: 'utf-8' | 'iso-8859-1';
  /** Of a repeated name without `[]`, the last value counts, or all make a list. */
  readonly duplicates?: 'last' | 'combine';
}

/**
 * Parses a query string or a form: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a space.
 * @throws RangeError for more than MAX_PARAMETERS, which would be dropped silently, and for escaped bytes that are not UTF-8
 */
export function parseForm(text: string, { charset = 'utf-8', duplicates = 'combine' }: FormOptions = {}): Params {
  if (text.length > MAX_PARAMETERS && text.split('&').length > MAX_PARAMETERS)
    throw new RangeError(`more than ${MAX_PARAMETERS} parameters`);
  if (charset === 'utf-8') checkEscapes(text);
  return qs.parse(text, {
    arrayLimit: MAX_LIST,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    charset,
    duplicates,
    interpretNumericEntities: false,
  });
}

/** Rejects escaped bytes that are not UTF-8: the parser would leave them escaped. A lone `%` is a character. @throws RangeError */
function checkEscapes(text: string): void {
  if (!/%[89a-f]/i.test(text)) return;
  for (const [escapes] of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) {
    try {
      decodeURIComponent(escapes);
    } catch {
      throw new RangeError(`${escapes.slice(0, 30)} is not UTF-8`);
    }
  }
}
