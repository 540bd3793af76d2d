import type { SendOptions } from '../support/http.ts';

export const JSON_TYPE = { 'Content-Type': 'application/json' };
export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=XX' };

const DEEP = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const multipart = (body: string | Buffer, headers: object = MULTIPART): SendOptions => ({
  body: body as string,
  headers: { ...headers },
});

const many = <T>(count: number, of: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => of(n));
const json = (value: unknown): SendOptions => ({ body: JSON.stringify(value), headers: JSON_TYPE });

/** Requests with one defect each, and the acceptable statuses. */
export const HOSTILE: readonly (readonly [
  name: string,
  route: string,
  options: SendOptions,
  statuses: readonly number[],
])[] = [
  // invalid JSON
  ...['{', '{"user":', '[1,', 'nonsense', "{'a':1}", '{"a":1}}', '\u0000', '{"a":"\n"}', '{"a":01}', '\ufeff{]'].map(
    (body) => [`JSON ${JSON.stringify(body)}`, 'POST /users', { body, headers: JSON_TYPE }, [400]] as const,
  ),
  ...[
    DEEP,
    `{"user":${DEEP}}`,
    DEEP_OBJECT,
    `{"user":{"tag_list":${DEEP}}}`,
    `{"filter":${DEEP},"id":${DEEP}}`,
  ].flatMap((body) =>
    ['POST /users', 'GET /users', 'GET /users/v2', 'POST /session'].map(
      (route) => [`JSON nested too deep, ${route}`, route, { body, headers: JSON_TYPE }, [400]] as const,
    ),
  ),
  ['JSON on a GET', 'GET /users/v2', { body: '{"id":', headers: JSON_TYPE }, [400]],
  // JSON without parameters
  ...['null', '1', '"text"', '[]', '[{"user":{}}]', '" "'].map(
    (body) => [`JSON ${body}`, 'POST /users', { body, headers: JSON_TYPE }, [422]] as const,
  ),
  // keys of prototypes
  ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'].flatMap((key) => [
    [
      `${key} in the query`,
      `GET /users?${key}=1&${key}[x]=1&filter[${key}]=number+id+gt+1&x[${key}][y]=1`,
      {},
      [200, 422],
    ] as const,
    [
      `${key} in JSON`,
      'POST /users',
      { body: `{"${key}":{"login":"x"},"user":{"${key}":1}}`, headers: JSON_TYPE },
      [422],
    ] as const,
    [
      `${key} in a form`,
      'POST /users',
      { body: `${key}[login]=x&user[${key}]=1&user[${key}][a]=1`, headers: FORM },
      [422],
    ] as const,
    [`${key} as a path`, `GET /users/${key}`, {}, [404, 422]] as const,
    [`${key} as a route`, `GET /${key}`, {}, [404]] as const,
  ]),
  // repeated and nested parameters
  ['a repeated parameter', 'GET /users/by_login?login=a&login=b&login[]=c&login[x]=d', {}, [404, 422]],
  ['a parameter nested deep', `GET /users/by_login?login${'[a]'.repeat(2000)}=1`, {}, [404, 422]],
  ['a filter nested deep', `GET /users?filter${'[a]'.repeat(2000)}=number+id+gt+1`, {}, [200, 422]],
  [
    'ten thousand parameters',
    'POST /users',
    { body: Array.from({ length: 10_000 }, (_, n) => `p${n}=${n}`).join('&') },
    [422],
  ],
  ['ten thousand values of one parameter', 'POST /users', { body: 'user[login]=x&'.repeat(9_999) }, [422]],
  ['more parameters than the limit', 'POST /users', { body: 'user[login]=x&'.repeat(10_000) }, [400]],
  ['a huge index', 'GET /users/by_tags?tags[99999999999]=a', {}, [200, 404, 422]],
  ['brackets that never close', 'GET /users/by_login?login[[[=1&]]=2&[=3&[]=4&=5&&&', {}, [404, 422]],
  // absurd pages
  ...['1e308', '-1', '0', 'NaN', 'Infinity', '9007199254740993', '1.5', '', '%00', '٣', '1'.repeat(5000)].map(
    (page) =>
      [
        `page ${page.slice(0, 20)}`,
        `GET /users?page=${encodeURI(page)}&per_page=${encodeURI(page)}`,
        {},
        [200],
      ] as const,
  ),
  [
    'a filter of ten thousand ids',
    'GET /users',
    { body: `filter[]=number+id+in+${Array.from({ length: 10_000 }, (_, n) => n).join()}`, headers: FORM },
    [200],
  ],
  [
    'a filter with very many commas',
    'GET /users',
    { body: `filter[]=string+login+eq+${', '.repeat(100_000)}`, headers: FORM },
    [200],
  ],
  // large amounts, which must not take much longer than reading them
  ['sixty thousand parameters', 'GET /users/1', json(Object.fromEntries(many(60_000, (n) => [`p${n}`, '']))), [404]],
  ['ninety thousand ids', 'GET /users/v2', json({ id: { in: many(90_000, (n) => n) } }), [200, 404]],
  [
    'ninety thousand dates',
    'GET /users',
    json({ filter: [`date created_at in ${many(90_000, () => '2001.01.01').join()}`] }),
    [200],
  ],
  ['twenty thousand filters', 'GET /users', json({ filter: many(20_000, () => 'number id gt 0') }), [422]],
  ['twenty thousand orders', 'GET /users', json({ order: many(20_000, () => 'asc string login') }), [200]],
  ['twenty thousand sort fields', 'GET /users/v2', json({ id: 1, sort_asc: many(20_000, () => 'phone') }), [200, 404]],
  [
    'twenty thousand conditions',
    'GET /users/v2',
    json({ id: 1, created_at: { gt: many(20_000, () => 1) } }),
    [404, 422],
  ],
  ['sparse lists', 'POST /users', { body: many(9999, (n) => `user[a${n}][9999]=`).join('&'), headers: FORM }, [422]],
  ['a list of five thousand', 'GET /users/v2', { body: many(5000, (n) => `id[in][]=${n}`).join('&') }, [200, 404]],
  ['tags with high indexes', 'GET /users/by_tags', { body: 'tags[5000]=a&tags[7000]=b' }, [200, 404]],
  // addresses
  ...['%', '%zz', '%c3%28', '%ff', '/%', 'a%2', '%e0%a4%a'].map(
    (path) => [`the path ${path}`, `GET /users/external/${path}`, {}, [400, 404]] as const,
  ),
  ...['%', '%zz', '%00', 'a=%', '%=a'].map(
    (query) => [`the query ${query}`, `GET /users/by_login?login=${query}&${query}`, {}, [404, 422]] as const,
  ),
  ...['%c3%28', '%ff%fe'].map(
    (query) => [`the query ${query}`, `GET /users/by_login?login=${query}&${query}`, {}, [400]] as const,
  ),
  ...[
    '//',
    '/.',
    '/..',
    '/../../etc/passwd',
    '/users//',
    '/users/../users',
    '/users;a=1',
    '/%2e%2e',
    '/users%2f1',
    '/users/1/2/3',
  ].map((path) => [`the path ${path}`, `GET ${path}`, {}, [200, 404]] as const),
  ...[
    '/.json',
    '/.xml',
    '/users.yaml',
    '/users.json.json',
    '/users/.json',
    '/users/1.',
    '/users.JSON',
    '/users.html',
  ].map((path) => [`the suffix of ${path}`, `GET ${path}`, {}, [200, 404, 422]] as const),
  ...['/', '/index.html', '/favicon.ico', '/robots.txt', '/sandbox', '/sandbox/', '/_emulatorx', '/USERS'].map(
    (path) => [`the route ${path}`, `GET ${path}`, {}, [404]] as const,
  ),
  ...['PUT', 'DELETE', 'PATCH'].map((method) => [`${method} of all users`, `${method} /users`, {}, [404]] as const),
  ...['PATCH', 'TRACE', 'PROPFIND', 'LINK', 'SEARCH', 'QUERY', 'REPORT'].map(
    (method) => [`the method ${method}`, `${method} /users/1`, {}, [404]] as const,
  ),
  // multipart
  ['multipart without boundary', 'POST /users', multipart('x', { 'Content-Type': 'multipart/form-data' }), [400]],
  ['malformed multipart', 'POST /users', multipart('nonsense'), [400, 422]],
  [
    'truncated multipart',
    'POST /users',
    multipart('--XX\r\nContent-Disposition: form-data; name="user[login]"\r\n\r\nab'),
    [400, 422],
  ],
  [
    'multipart truncated in a file',
    'POST /users',
    multipart('--XX\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nab'),
    [400],
  ],
  [
    'multipart with half a character',
    'POST /users',
    multipart(
      '--XX\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\n\x00\xd8\r\n--XX--\r\n',
    ),
    [422],
  ],
  [
    'multipart with very many parts',
    'POST /users',
    multipart(`${'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(15_000)}--XX--\r\n`),
    [400],
  ],
  ['multipart truncated in a header', 'POST /users', multipart('--XX\r\nContent-Disp'), [400, 422]],
  ['multipart without names', 'POST /users', multipart('--XX\r\n\r\nx\r\n--XX--\r\n'), [400, 422]],
  [
    'multipart with prototypes',
    'POST /users',
    multipart('--XX\r\nContent-Disposition: form-data; name="__proto__[a]"\r\n\r\nx\r\n--XX--\r\n'),
    [422],
  ],
  [
    'multipart with a file',
    'POST /users',
    multipart('--XX\r\nContent-Disposition: form-data; name="user[avatar]"; filename="a.png"\r\n\r\nx\r\n--XX--\r\n'),
    [422],
  ],
  ['empty multipart', 'POST /users', multipart('--XX--\r\n'), [400, 422]],
  [
    'multipart/mixed',
    'POST /users',
    multipart('--XX--\r\n', { 'Content-Type': 'multipart/mixed; boundary=XX' }),
    [422],
  ],
  // encodings
  ['invalid gzip', 'POST /users', { body: 'nonsense', headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' } }, [400]],
  [
    'invalid deflate',
    'POST /users',
    { body: 'nonsense', headers: { ...JSON_TYPE, 'Content-Encoding': 'deflate' } },
    [400],
  ],
  ['invalid brotli', 'POST /users', { body: 'nonsense', headers: { ...JSON_TYPE, 'Content-Encoding': 'br' } }, [400]],
  ['an unknown encoding', 'POST /users', { body: '{}', headers: { ...JSON_TYPE, 'Content-Encoding': 'rot13' } }, [415]],
  [
    'two encodings',
    'POST /users',
    { body: '{}', headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip, gzip' } },
    [400, 415],
  ],
  [
    'an encoding named like a prototype',
    'POST /users',
    { body: '{}', headers: { ...JSON_TYPE, 'Content-Encoding': '__proto__' } },
    [415],
  ],
  [
    'an unknown charset',
    'POST /users',
    { body: '{}', headers: { 'Content-Type': 'application/json; charset=klingon' } },
    [415, 422],
  ],
  ['a malformed type', 'POST /users', { body: '{}', headers: { 'Content-Type': ';;;' } }, [422]],
  ['XML', 'POST /users', { body: '<user/>', headers: { 'Content-Type': 'application/xml' } }, [415]],
  // sizes
  ['ten megabytes of JSON', 'POST /users', { body: `{"a":"${'x'.repeat(10_000_000)}"}`, headers: JSON_TYPE }, [413]],
  ['ten megabytes of a form', 'POST /users', { body: `a=${'x'.repeat(10_000_000)}`, headers: FORM }, [413]],
  ['ten megabytes on a GET', 'GET /users/1', { body: 'x'.repeat(10_000_000), headers: FORM }, [413]],
  ['an empty header', 'GET /users/1', { headers: { 'X-Emulator-Fault': '' } }, [400, 404]],
];
