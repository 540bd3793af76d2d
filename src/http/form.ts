import qs from 'qs';
import type { Params } from '../core/context.ts';
import { isObject, lastOf } from '../support/values.ts';

/** Far more than any request has. */
export const MAX_PARAMETERS = 10_000;
/** Longer lists are parsed as objects keyed by index, so that `a[999999]=x` cannot allocate a huge sparse array. */
const MAX_LIST = 1000;

/**
 * Parses a query string or a form: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a space.
 * @throws RangeError for more than MAX_PARAMETERS, which would be dropped silently
 */
export function parseForm(text: string): Params {
  if (text.length > MAX_PARAMETERS && text.split('&').length > MAX_PARAMETERS)
    throw new RangeError(`more than ${MAX_PARAMETERS} parameters`);
  const params: Record<string, unknown> = qs.parse(text, {
    arrayLimit: MAX_LIST,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    interpretNumericEntities: false,
  });
  // of a repeated field the last value counts, as in Rack; a list in JSON stays one
  const { user } = params;
  if (isObject(user)) for (const name in user) if (name !== 'tag_list') user[name] = lastOf(user[name]);
  return params;
}
