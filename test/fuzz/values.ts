import { ERROR_KEYS } from '../../src/model/error-catalogue.ts';
import { USER_FIELD_NAMES } from '../../src/model/fields.ts';
import type { Chooser } from './random.ts';

const NAMES = [
  ...USER_FIELD_NAMES,
  'password',
  'old_password',
  'tag_list',
  'guest',
  '__proto__',
  'constructor',
  'toString',
  '',
];
const TEXTS = [
  ...[
    'Dacia',
    'gabby',
    'dacia_k@domain.com',
    '51941',
    '0',
    '-1',
    '1e400',
    '9007199254740993',
    'NaN',
    'null',
    'undefined',
    'true',
  ],
  ...[
    'vip,accountant',
    '[vip]',
    '[a,b]',
    '+4412345',
    ' 4412345',
    '%2B44',
    'a+b',
    '\u0000',
    '\ud800',
    'é',
    '😀',
    '\u202e',
    '\r\nX: y',
    '{{id}}',
  ],
  ...[
    '2018-12-06',
    '2018-12-06T09:16:26Z',
    '2018-12-06T09:16:26.500Z',
    '1544087786',
    '1544087786500',
    '2018-02-30',
    '10000-01-01T00:00:00Z',
  ],
  ...[
    'Thu Dec 06 2018 09:16:26 GMT+0000 (Coordinated Universal Time)',
    "' or 1=1 --",
    '<script>',
    '../../etc/passwd',
    '$7*7',
  ],
];
const V2_OPERATORS = ['eq', 'in', 'nin', 'start_with', 'gt', 'gte', 'lt', 'lte', 'ne', 'x', ''];
const V1_OPERATORS = ['gt', 'lt', 'ge', 'le', 'eq', 'eg', 'ne', 'between', 'in', 'x', ''];
const V1_TYPES = ['number', 'string', 'date', 'integer', 'x', ''];

const fieldName = (choose: Chooser): string => choose.pick(NAMES);

export function text(choose: Chooser): string {
  if (choose.chance(0.8)) return choose.pick(TEXTS);
  if (choose.chance(0.5)) return choose.some(6, () => choose.pick(TEXTS)).join(choose.pick(['', ',', ' ', '+']));
  return choose.some(20, () => String.fromCharCode(choose.below(0x3000))).join('');
}

/** A JSON value. @param depth levels of nesting that may follow */
export function json(choose: Chooser, depth = 3): unknown {
  const kind = choose.below(depth > 0 ? 9 : 6);
  if (kind === 0) return null;
  if (kind === 1) return choose.chance(0.5);
  if (kind === 2) return choose.pick([0, -1, 51941, 1e300, 2 ** 53, 0.5]);
  if (kind < 6) return text(choose);
  if (kind === 6) return choose.some(choose.chance(0.02) ? 500 : 4, () => json(choose, depth - 1));
  return Object.fromEntries(choose.some(4, () => [fieldName(choose), json(choose, depth - 1)]));
}

/** The parameters of a request of the emulated API, nearly right. */
export function parameters(choose: Chooser): Record<string, unknown> {
  const user = () =>
    Object.fromEntries(choose.some(6, () => [fieldName(choose), choose.chance(0.8) ? text(choose) : json(choose, 1)]));
  const params: Record<string, unknown> = {};
  const parts: readonly (() => void)[] = [
    () => Object.assign(params, { user: user() }),
    () => Object.assign(params, { [fieldName(choose)]: json(choose, 2) }),
    () =>
      Object.assign(params, {
        [fieldName(choose)]: {
          [choose.pick(V2_OPERATORS)]: choose.chance(0.5) ? choose.some(4, () => text(choose)) : text(choose),
        },
      }),
    () => Object.assign(params, { filter: choose.some(3, () => filter(choose)) }),
    () =>
      Object.assign(params, {
        order: `${choose.pick(['asc', 'desc', 'x'])} ${choose.pick(V1_TYPES)} ${fieldName(choose)}`,
      }),
    () =>
      Object.assign(params, {
        [choose.pick([
          'page',
          'per_page',
          'limit',
          'offset',
          'sort_asc',
          'sort_desc',
          'tags',
          'email',
          'count',
          'token',
        ])]: text(choose),
      }),
    () =>
      Object.assign(params, {
        application_id: choose.pick([230, 22, '230', 'x', 0]),
        auth_key: choose.pick(['29WfrNWdvkhmX6V', 'wJHd4cQSxpQGWx5', 'x']),
        timestamp: text(choose),
        nonce: text(choose),
        provider: choose.pick(['facebook', 'twitter', 'firebase_phone', 'x']),
        keys: { token: text(choose), secret: text(choose) },
      }),
  ];
  for (const part of choose.some(3, () => choose.pick(parts))) part();
  return params;
}

function filter(choose: Chooser): string {
  return [
    choose.pick(V1_TYPES),
    fieldName(choose),
    choose.pick(V1_OPERATORS),
    choose.some(3, () => text(choose)).join(','),
  ].join(choose.pick([' ', '+', '  ']));
}

/** The input of an operation of the control plane, nearly right. Nothing in it makes a request wait. */
export function controlInput(choose: Chooser): unknown {
  const inputs: readonly (() => unknown)[] = [
    () => json(choose),
    () => ({
      match: { operation: choose.pick(['users.create', 'login', 'x']), path: text(choose), user: json(choose, 1) },
      times: json(choose, 0),
      status: choose.pick([204, 304, 404, 503, 99, 600]),
      error: choose.pick([...ERROR_KEYS, 'x']),
      delay: choose.pick([0, 1, [0, 2], -1, 'x']),
      drop: choose.pick(['reset', 'empty', undefined, 'x']),
    }),
    () => [Object.fromEntries(choose.some(6, () => [fieldName(choose), json(choose, 1)]))],
    () => ({
      applications: choose.some(2, () => ({
        id: choose.pick([230, 22, 1, 'x']),
        auth_key: text(choose),
        users: choose.some(3, () => ({ id: choose.below(100), [fieldName(choose)]: text(choose) })),
      })),
      [fieldName(choose)]: json(choose, 1),
    }),
    () => ({
      now: text(choose),
      frozen: json(choose, 0),
      by: choose.pick(['1s', '2h1m', 'x', -1]),
      to: choose.pick(['seed', 'empty', 'x']),
      count: choose.pick([1, 50, -1, 'x']),
    }),
    () => ({
      session_ttl: json(choose, 0),
      rate_limit: choose.pick(['off', '100/1', 'x']),
      disable_list_users_v1: json(choose, 0),
      [text(choose)]: 1,
    }),
    () => ({
      user: choose.pick(['Dacia', 51941, null, 'x', {}]),
      app: choose.pick([230, 22, 'x']),
      token: text(choose),
      all: json(choose, 0),
    }),
  ];
  return choose.pick(inputs)();
}
