import qs from 'qs';
import type { Params } from '../core/context.ts';

const MAX_PARAMETERS = 10_000;

/** Query strings and forms: `user[login]=x`, `id[in][]=1&id[in][]=2`, `+` for a blank. */
export function parseForm(text: string): Params {
  return qs.parse(text, {
    arrayLimit: MAX_PARAMETERS,
    parameterLimit: MAX_PARAMETERS,
    depth: 4,
    interpretNumericEntities: false,
  });
}
