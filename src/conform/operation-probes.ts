import type { Probe } from './calls.ts';
import * as needs from './needs.ts';
import { GOOD_PASSWORD, get, inXml, NO_SESSION, NOBODY, post, put, READ, remove, success } from './probe-rows.ts';

const { LISTS, LOOKUPS } = needs;
const XML = needs.format('xml');

/** Questions that succeed, one for each operation at least. The order matters: some end the sessions and users of others. */
export const OPERATION_PROBES: readonly Probe[] = [
  success(
    'account_settings',
    (world) => accountSettings(world.app.account_key, world.dialect.request.identifyingHeaders),
    {
      ...NO_SESSION,
      needs: [needs.ACCOUNT_KEY],
    },
  ),
  success('session.create', (world) => post('/session', world.session()), NO_SESSION),
  success('session.create', (world) => ({ ...post('/session', world.session()), format: 'none' }), {
    ...NO_SESSION,
    variant: 'a path without .json',
    guess: 'a path without a suffix is answered in JSON',
    needs: [XML],
  }),
  success('session.create', (world) => post('/auth', world.session()), NO_SESSION, ' (POST /auth)'),
  success(
    'session.create',
    (world) =>
      post('/session', world.session({ user: { login: world.users.a.login, password: world.users.a.password } })),
    { as: 'nobody', variant: 'of a user' },
  ),
  success(
    'session.create',
    (world) => post('/session', world.session({ user: { guest: '1', full_name: world.newName('guest') } })),
    {
      as: 'nobody',
      variant: 'of a guest',
      needs: [needs.GUESTS],
    },
  ),
  success(
    'session.create',
    (world) => post('/session', world.session({ user: { guest: '1', full_name: world.newName('guest') } })),
    {
      as: 'nobody',
      variant: 'of a guest',
      guess: "the service has no guests: the session is the application's",
      values: ['session.user_id'],
      needs: [needs.NO_GUESTS],
    },
  ),
  success('session.show', () => get('/session')),

  // lists
  success('users.list', ({ users }) => get('/users', { 'filter[]': `number id in ${users.a.id}` }), { needs: [LISTS] }),
  success('users.list', () => get('/users', { 'filter[]': `number id in ${NOBODY}` }), {
    ...READ,
    variant: 'nobody found',
    values: ['per_page', 'total_entries', 'items.length'],
    needs: [LISTS],
  }),
  success('users.list', () => get('/users', { 'filter[]': `string id in ${NOBODY}` }), {
    ...READ,
    variant: 'a number as a string',
    values: ['per_page', 'total_entries', 'items.length'],
    needs: [LISTS],
  }),
  success('users.list', ({ users }) => get('/users', { 'filter[]': `number id in ${users.a.id}`, per_page: 0 }), {
    variant: 'per_page=0',
    guess: 'a `per_page` of 0 counts as absent',
    values: ['per_page'],
    needs: [LISTS],
  }),
  success('users.list', ({ users }) => get('/users', { 'filter[]': `number id in ${users.a.id}`, per_page: [1, 2] }), {
    variant: 'per_page twice',
    guess: 'of a repeated page parameter, the last counts',
    values: ['per_page'],
    needs: [LISTS],
  }),
  success(
    'users.list',
    ({ users: { a, b } }) => get('/users', { 'filter[]': `number id in ${a.id},${b.id}`, order: 'desc login' }),
    {
      variant: 'an order without a type',
      guess: 'an order needs no type',
      values: ['items.0.user.login'],
      needs: [LISTS],
    },
  ),
  success(
    'users.list',
    ({ users: { a } }) => get('/users', { 'filter[]': `string full_name in ${a.full_name.slice(3)}` }),
    {
      variant: 'a part of a name',
      guess: '`in` compares whole values',
      guessIf: ({ rules }) => !rules.v1.partlyMatched.has('full_name'),
      values: ['total_entries'],
      needs: [LISTS],
    },
    ':in-one',
  ),
  success(
    'users.list',
    () => get('/users', { 'filter[]': 'number id in ' }),
    { ...READ, values: ['total_entries'], needs: [LISTS] },
    ':in-nothing',
  ),
  success('users.list_v2', ({ users }) => get('/users/v2', { 'login[in][]': users.a.login })),
  success(
    'users.list_v2',
    ({ users }) => get('/users/v2', { 'full_name[start_with]': users.a.full_name.toUpperCase() }),
    {
      variant: 'start_with in capitals',
      guess: '`start_with` finds names in any case',
      values: ['total_entries'],
    },
  ),
  success('users.list_v2', ({ users }) => get('/users/v2', { 'id[in][]': users.a.id, limit: 1000 }), {
    variant: 'limit=1000',
    guess: 'a limit above the maximum means the maximum',
    values: ['limit'],
  }),
  success('users.list_v2', ({ users }) => get('/users/v2', { 'id[in][]': users.a.id, limit: [1, 2] }), {
    variant: 'limit twice',
    guess: 'of a repeated limit, the last counts',
    values: ['limit'],
  }),
  success('users.list_v2', ({ users }) => get('/users/v2', { 'id[in][]': users.a.id, _: 1 }), {
    variant: '_=1',
    guess: 'a parameter `_` is ignored',
    values: ['total_entries'],
  }),
  success('users.list_v2', ({ users }) => get('/users/v2', { 'id[in][]': users.a.id, 'external_id[nin][]': 'x' }), {
    variant: 'nin of a field without a value',
    guess: '`nin` finds users without a value',
    values: ['total_entries'],
  }),
  success('users.online', () => get('/users/online', { limit: 1 }), {
    needs: [needs.setting('allow_online_users', true)],
  }),
  success('users.online', () => get('/users/online', { count: 'true' }), {
    variant: 'their number',
    needs: [needs.setting('allow_online_users', true)],
  }),

  // look-ups
  success('users.show', ({ users }) => get(`/users/${users.a.id}`), { needs: [LOOKUPS] }),
  success('users.show', ({ users }) => get(`/users/${users.a.id}`), {
    variant: 'its entity tag',
    guess: 'answers have no entity tags',
    guessIf: ({ entityTags }) => !entityTags,
    headers: ['etag'],
    needs: [LOOKUPS],
  }),
  success('users.by_login', ({ users }) => get('/users/by_login', { login: users.a.login }), { needs: [LOOKUPS] }),
  success('users.by_email', ({ users }) => get('/users/by_email', { email: users.a.email }), { needs: [LOOKUPS] }),
  success('users.by_email', ({ users }) => get('/users/by_email', { email: users.a.email.toUpperCase() }), {
    variant: 'an address in capitals',
    guess: 'addresses compare without case',
    needs: [LOOKUPS],
  }),
  success('users.by_full_name', ({ users }) => get('/users/by_full_name', { full_name: users.a.full_name })),
  success(
    'users.by_full_name',
    ({ users }) => get('/users/by_full_name', { full_name: users.a.full_name.slice(3).toUpperCase() }),
    {
      variant: 'a part in capitals',
      guess: 'any part of a name finds it, in any case',
      values: ['total_entries'],
    },
  ),
  success('users.by_full_name', ({ newName }) => get('/users/by_full_name', { full_name: newName('x') }), {
    ...READ,
    variant: 'nobody found',
    guess: 'a look-up that finds nobody answers with an empty page',
    values: ['per_page', 'total_entries', 'items.length'],
    needs: [needs.NONE_IS_EMPTY],
  }),
  success('users.by_facebook_id', ({ users }) => get('/users/by_facebook_id', { facebook_id: users.a.facebook_id }), {
    needs: [LOOKUPS],
  }),
  success('users.by_twitter_id', ({ users }) => get('/users/by_twitter_id', { twitter_id: users.a.twitter_id }), {
    needs: [LOOKUPS],
  }),
  success('users.by_tags', ({ users }) => get('/users/by_tags', { tags: users.a.user_tags }), { needs: [LOOKUPS] }),
  success('users.by_phone', ({ users }) => get('/users/phone', { phone: users.a.phone }), {
    guess: 'the answer is a page',
    guessIf: ({ rules }) => rules.phoneLookup === 'page',
  }),
  success(
    'users.by_phone',
    ({ users }) => get('/users/by_phone', { phone: users.a.phone }),
    {},
    ' (GET /users/by_phone)',
  ),
  success('users.external.show', ({ users }) => get(`/users/external/${users.a.external_user_id}`), {
    needs: [LOOKUPS],
  }),

  // changes
  success('users.update', ({ users }) => put(`/users/${users.a.id}`, { user: { website: 'http://example.com' } })),
  success('users.update', ({ users }) => put(`/users/${users.a.id}`, { user: { website: 'example.com' } }), {
    variant: 'a website without http://',
    guess: 'a website without a scheme gets http://',
    guessIf: ({ formats }) => 'xml' in formats,
    values: ['user.website'],
  }),
  // XML
  success('session.create', (world) => inXml(post('/session', world.session())), {
    ...NO_SESSION,
    variant: 'in XML',
    guess: "the elements of a session are in alphabetical order, without `_id`; the content type is Rails'",
    needs: [XML],
  }),
  success('users.show', ({ users }) => inXml(get(`/users/${users.a.id}`)), {
    variant: 'in XML',
    needs: [XML, LOOKUPS],
  }),
  success('users.list', ({ users }) => inXml(get('/users', { 'filter[]': `number id in ${users.a.id}` })), {
    variant: 'in XML',
    needs: [XML, LISTS],
  }),
  success('users.by_tags', ({ users }) => inXml(get('/users/by_tags', { tags: users.a.user_tags })), {
    variant: 'in XML',
    needs: [XML, LOOKUPS],
  }),
  success(
    'users.update',
    ({ users }) => inXml(put(`/users/${users.a.id}`, { user: { website: 'http://example.com' } })),
    {
      variant: 'in XML',
      needs: [XML],
    },
  ),
  success(
    'account_settings',
    (world) => inXml(accountSettings(world.app.account_key, world.dialect.request.identifyingHeaders)),
    { ...NO_SESSION, variant: 'in XML', needs: [XML, needs.ACCOUNT_KEY] },
  ),

  // sign-ups and logins
  success(
    'users.create',
    (world) => post('/users', { user: { login: world.newName('new'), password: GOOD_PASSWORD } }),
    {
      as: 'app',
    },
  ),
  success('login', ({ users }) => post('/login', { login: users.a.login, password: users.a.password }), {
    as: 'visitor',
  }),
  success('logout', () => remove('/login'), { as: 'visitor' }),
  success(
    'login',
    ({ users: { a } }) => ({
      method: 'POST',
      path: '/login',
      raw: {
        type: 'application/x-www-form-urlencoded',
        text: `login=nobody&login=${a.login}&password=${a.password}`,
      },
    }),
    { as: 'visitor', variant: 'a parameter twice', guess: 'of a repeated parameter in a body, the last counts' },
  ),
  success('logout', () => inXml(remove('/login')), { as: 'visitor', variant: 'in XML', needs: [XML] }),
  success('session.destroy', () => remove('/session'), { as: 'visitor' }),
  success('session.destroy', () => remove('/session/list'), { as: 'b' }, ' (DELETE /session/list)'),
  success(
    'session.destroy',
    ({ sessions }) => remove(`/session/${sessions.b ?? 0}`),
    { as: 'b' },
    ' (DELETE /session/:id)',
  ),
  success('users.external.destroy', ({ users }) => remove(`/users/external/${users.c.external_user_id}`), { as: 'c' }),
];

/** The last questions. */
export const FAREWELL_PROBES: readonly Probe[] = [
  success('users.destroy', ({ users }) => remove(`/users/${users.d.id}`), { as: 'd' }),
];

/** The header for the account's key is the dialect's own. */
function accountSettings(key = '', headers: readonly string[] = []) {
  const name = headers.find((each) => each.endsWith('-account-key'));
  return { ...get('/account_settings'), ...(name !== undefined && { headers: { [name]: key } }) };
}
