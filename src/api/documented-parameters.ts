import { USER_PARAMS } from '../core/user-input.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import type { UserField } from '../model/records.ts';
import { readFilters } from '../query/v1.ts';

const PAGE = ['page', 'per_page'];
const CREDENTIALS = ['login', 'email', 'password'];
/** Those that prove who someone is elsewhere. */
const PROVIDERS = ['provider', 'scope', 'keys', 'twitter_digits', 'firebase_phone', 'firebase_email'];
const inUser = (names: readonly string[]) => names.map((name) => `user[${name}]`);

/**
 * The parameters of each operation, as the documents have them: `user[login]` is one inside an object, a bare name stands
 * for all that is inside it. An operation that isn't here has none. What only one service's documents lack is said there.
 * doc: the tables "Parameters"; of sessions and log-in, the authentication pages.
 */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'session.create': [
    'application_id',
    'auth_key',
    'timestamp',
    'nonce',
    'signature',
    ...inUser([...CREDENTIALS, 'guest', 'full_name']),
    ...PROVIDERS,
  ],
  login: [...CREDENTIALS, ...PROVIDERS],
  'users.create': inUser(USER_PARAMS),
  'users.update': inUser([...USER_PARAMS, 'old_password']),
  'users.list': [...PAGE, 'filter', 'order'],
  'users.list_v2': [
    ...USER_FIELD_NAMES.filter((name) => USER_FIELDS[name].v2),
    'limit',
    'offset',
    'sort_asc',
    'sort_desc',
  ],
  'users.by_login': ['login'],
  'users.by_full_name': ['full_name', ...PAGE],
  'users.by_facebook_id': ['facebook_id'],
  'users.by_twitter_id': ['twitter_id'],
  'users.by_email': ['email'],
  'users.by_tags': ['tags', ...PAGE],
  'users.by_phone': ['phone'],
  'users.password_reset': ['email'],
};

/** How fields may be called in a filter (doc: `number`, `string`, `date`). */
const FILTER_TYPES = { integer: 'number', string: 'string', tags: 'string', date: 'date' } as const;
/** doc: the operators' tables, with their misprint `eg`. */
const FILTER_OPERATORS = ['gt', 'lt', 'ge', 'le', 'eq', 'eg', 'ne', 'between', 'in'];

/**
 * What the documents don't know in a `filter`. log: where a filter's type isn't the field's, the real service may find nothing,
 * without an error.
 * @param dates how the service's documents want a date; undefined: they don't say
 */
export function oddFilters(given: unknown, dates: RegExp | undefined): string[] {
  return readFilters(given).flatMap(({ type, field, operator, value }) => {
    const is = USER_FIELDS[field as UserField]?.type;
    if (!is) return [];
    const shown = `filter '${type} ${field} ${operator}'`;
    const odd: string[] = [];
    // the documents themselves call the other services' ids now a number, now a text
    if (FILTER_TYPES[is] !== type && !(type === 'number' && field.endsWith('_id')))
      odd.push(`${shown}, but ${field} is a ${FILTER_TYPES[is]}`);
    if (!FILTER_OPERATORS.includes(operator)) odd.push(`${shown}: an operator that is not in the documents`);
    if (is === 'date' && dates && !value.split(',').every((each) => dates.test(each.trim())))
      odd.push(`${shown}: a date that is not written as in the documents`);
    return odd;
  });
}
