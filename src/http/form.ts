import qs from 'qs';
import type { Params } from '../core/context.ts';

const MAX_PARAMETERS = 10_000;

/**
 * Query strings and forms: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a blank.
 * @throws RangeError when there are more than can be read
 */
export function parseForm(text: string): Params {
  // qs would leave the rest out without a word
  if (text.length > MAX_PARAMETERS && text.split('&').length > MAX_PARAMETERS)
    throw new RangeError(`more than ${MAX_PARAMETERS} parameters`);
  return qs.parse(text, {
    arrayLimit: MAX_PARAMETERS,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    interpretNumericEntities: false,
  });
}
