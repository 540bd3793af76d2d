import qs from 'qs';
import type { Params } from '../core/context.ts';

/** Far more than any request has. */
export const MAX_PARAMETERS = 10_000;
/** A longer list comes as an object with numbers for names: one with a high number alone would be a list of so many holes. */
const MAX_LIST = 1000;

/**
 * Query strings and forms: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a blank.
 * @throws RangeError when there are more than MAX_PARAMETERS: the others would be left out without a word
 */
export function parseForm(text: string): Params {
  if (text.length > MAX_PARAMETERS && text.split('&').length > MAX_PARAMETERS)
    throw new RangeError(`more than ${MAX_PARAMETERS} parameters`);
  return qs.parse(text, {
    arrayLimit: MAX_LIST,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    interpretNumericEntities: false,
  });
}
