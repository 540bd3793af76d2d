import { INDEXED_FIELDS, USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import type { QueryFields } from '../query/select.ts';

/** What queries may use of users. */
export const USER_QUERY_FIELDS = Object.fromEntries(
  USER_FIELD_NAMES.map((name) => [
    name,
    { ...USER_FIELDS[name], indexed: name === 'id' || INDEXED_FIELDS.includes(name) },
  ]),
) as QueryFields & typeof USER_FIELDS;
