import type { OperationName } from '../api/endpoints.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Call, Circumstances, Probe, World } from './calls.ts';

const GOOD_PASSWORD = 'Conform-2026-x';
/** An id that no user has. */
const NOBODY = 2_000_000_000;

type Params = Readonly<Record<string, unknown>>;
type Details = Partial<Pick<Probe, 'as' | 'when' | 'readOnly'>>;

const get = (path: string, params?: Params): Call => ({ method: 'GET', path, ...(params && { params }) });
const post = (path: string, params: Params): Call => ({ method: 'POST', path, params });
const put = (path: string, params: Params): Call => ({ method: 'PUT', path, params });

function operation(name: OperationName, call: Probe['call'], details: Details = {}): Probe {
  const exists = ({ dialect }: Circumstances) => !dialect.missingOperations.has(name);
  const { when = () => true, ...rest } = details;
  return { of: `operation:${name}`, as: 'a', call, when: (known) => exists(known) && when(known), ...rest };
}

function error(key: ErrorKey, call: Probe['call'], details: Details = {}): Probe {
  return { of: `error:${key}`, as: 'a', call, ...details };
}

const readOnly = true;
const hasLists = ({ settings }: Circumstances) => !settings.disable_list_users_v1 && settings.allow_list_users;
const hasLookups = ({ settings }: Circumstances) => !settings.disable_lookups_v1;
const hasV2 = ({ dialect }: Circumstances) => !dialect.missingOperations.has('users.list_v2');
const refusesSignUp = { as: 'app' } as const;
/** A filter of the list of users. */
const filtered = (key: ErrorKey, filter: string) =>
  error(key, () => get('/users', { 'filter[]': filter }), { as: 'app', when: hasLists, readOnly });
/** A query of the second list. */
const queried = (key: ErrorKey, params: Params) =>
  error(key, () => get('/users/v2', params), { as: 'app', when: hasV2, readOnly });
/** A sign-up with one wrong field. */
const signUp = (key: ErrorKey, fields: (world: World) => Params, when?: Probe['when']) =>
  error(
    key,
    (world) => post('/users', { user: { login: world.newName(key), password: GOOD_PASSWORD, ...fields(world) } }),
    { ...refusesSignUp, ...(when && { when }) },
  );

/** All probes, in the order in which they call a service. */
export const PROBES: readonly Probe[] = [
  operation('session.create', (world) => post('/session', world.session()), { as: 'nobody', readOnly }),
  operation('session.show', () => get('/session')),
  operation('users.list', ({ users }) => get('/users', { 'filter[]': `number id in ${users.a.id}` }), {
    when: hasLists,
  }),
  operation('users.list_v2', ({ users }) => get('/users/v2', { 'login[in][]': users.a.login })),
  operation('users.online', () => get('/users/online', { limit: 1 }), {
    when: ({ settings }) => settings.allow_online_users,
  }),
  operation('users.show', ({ users }) => get(`/users/${users.a.id}`), { when: hasLookups }),
  operation('users.by_login', ({ users }) => get('/users/by_login', { login: users.a.login }), { when: hasLookups }),
  operation('users.by_email', ({ users }) => get('/users/by_email', { email: users.a.email }), { when: hasLookups }),
  operation('users.by_full_name', ({ users }) => get('/users/by_full_name', { full_name: users.a.full_name })),
  operation('users.by_facebook_id', ({ users }) => get('/users/by_facebook_id', { facebook_id: users.a.facebook_id }), {
    when: hasLookups,
  }),
  operation('users.by_twitter_id', ({ users }) => get('/users/by_twitter_id', { twitter_id: users.a.twitter_id }), {
    when: hasLookups,
  }),
  operation('users.by_tags', ({ users }) => get('/users/by_tags', { tags: users.a.user_tags }), { when: hasLookups }),
  operation('users.by_phone', ({ users }) => get('/users/phone', { phone: users.a.phone })),
  operation('users.external.show', ({ users }) => get(`/users/external/${users.a.external_user_id}`), {
    when: hasLookups,
  }),
  operation('users.update', ({ users }) => put(`/users/${users.a.id}`, { user: { website: 'http://example.com' } })),
  operation(
    'users.create',
    (world) => post('/users', { user: { login: world.newName('new'), password: GOOD_PASSWORD } }),
    {
      as: 'app',
    },
  ),
  operation('login', ({ users }) => post('/login', { login: users.a.login, password: users.a.password }), {
    as: 'visitor',
  }),
  operation('logout', () => ({ method: 'DELETE', path: '/login' }), { as: 'visitor' }),
  operation('session.destroy', () => ({ method: 'DELETE', path: '/session' }), { as: 'visitor' }),
  operation(
    'users.external.destroy',
    ({ users }) => ({ method: 'DELETE', path: `/users/external/${users.c.external_user_id}` }),
    {
      as: 'c',
    },
  ),
  operation('users.destroy', ({ users }) => ({ method: 'DELETE', path: `/users/${users.d.id}` }), { as: 'd' }),

  // who calls
  error('token_required', () => get(`/users/${NOBODY}`), { as: 'nobody', readOnly }),
  error('session_missing', () => get(`/users/${NOBODY}`), { as: 'unknown', readOnly }),
  error('user_required', ({ users }) => put(`/users/${users.a.id}`, { user: { website: 'example.com' } }), {
    as: 'app',
  }),
  error('not_owner', ({ users }) => put(`/users/${users.b.id}`, { user: { website: 'example.com' } })),
  error(
    'auth_key_unknown',
    ({ dialect }) => ({ ...post('/users', {}), headers: { [dialect.request.authKey ?? '']: 'ue-conform' } }),
    { as: 'nobody', when: ({ dialect }) => dialect.request.authKey !== undefined, readOnly },
  ),

  // sessions
  error('param_required', (world) => post('/session', { ...world.session(), auth_key: '' }), {
    as: 'nobody',
    readOnly,
  }),
  error('application_unknown', (world) => post('/session', { ...world.session(), auth_key: 'ue-conform' }), {
    as: 'nobody',
    readOnly,
  }),
  error('bad_timestamp', (world) => post('/session', world.session({ timestamp: 1_000_000_000, nonce: 7 })), {
    as: 'nobody',
    readOnly,
  }),
  error('unexpected_signature', (world) => post('/session', { ...world.session(), signature: '0'.repeat(40) }), {
    as: 'nobody',
    readOnly,
  }),
  error('nonce_taken', (world) => post('/session', world.session({ nonce: 1 })), {
    as: 'nobody',
    when: ({ settings, signs }) => settings.check_nonce && signs,
    readOnly,
  }),
  error('provider_unknown', (world) => post('/session', world.session({ provider: 'ue-conform' })), {
    as: 'nobody',
    readOnly,
  }),
  error('wrong_password', ({ users }) => post('/login', { login: users.a.login, password: 'not-the-one' }), {
    as: 'app',
  }),
  error('login_unknown', ({ newName }) => post('/login', { login: newName('unknown'), password: GOOD_PASSWORD }), {
    as: 'app',
    readOnly,
  }),
  error('credentials_missing', () => post('/login', { password: GOOD_PASSWORD }), { as: 'app', readOnly }),
  error('session_not_found', () => ({ method: 'DELETE', path: `/session/${NOBODY}` })),

  // one user
  error('user_not_found', () => get(`/users/${NOBODY}`), { as: 'app', when: hasLookups, readOnly }),
  error('bad_user_id', () => get('/users/ue-conform'), { as: 'app', when: hasLookups, readOnly }),
  error('user_params_missing', () => post('/users', {}), {
    as: 'app',
    when: ({ dialect }) => dialect.rules.userParamsRequired,
    readOnly,
  }),
  error('signup_credentials_missing', () => post('/users', { user: { password: GOOD_PASSWORD } }), refusesSignUp),
  error('password_missing', ({ newName }) => post('/users', { user: { login: newName('nopass') } }), refusesSignUp),
  signUp('taken', ({ users }) => ({ login: users.a.login })),
  signUp('too_short', () => ({ password: 'x' })),
  signUp('too_long', () => ({ full_name: 'x'.repeat(300) })),
  signUp(
    'bad_characters',
    () => ({ login: 'ue conform' }),
    ({ dialect }) => dialect.rules.patterns.login !== undefined,
  ),
  signUp('bad_email', () => ({ email: 'ue-conform' })),
  signUp(
    'bad_phone',
    () => ({ phone: 'ue-conform' }),
    ({ dialect }) => dialect.rules.patterns.phone !== undefined,
  ),
  signUp(
    'blob_unknown',
    () => ({ blob_id: NOBODY }),
    ({ settings }) => settings.check_blob_id,
  ),
  signUp(
    'bad_external_user_id',
    () => ({ external_user_id: '12345678901' }),
    ({ dialect }) => dialect.rules.patterns.external_user_id !== undefined,
  ),
  signUp(
    'not_a_number',
    () => ({ external_user_id: 'x' }),
    ({ dialect }) => dialect.rules.patterns.external_user_id === undefined,
  ),
  signUp('not_a_text', () => ({ website: { x: 1 } })),
  signUp('too_many_tags', () => ({ tag_list: Array.from({ length: 11 }, (_, at) => `tag${at}`).join(',') })),
  error('old_password_missing', ({ users }) =>
    put(`/users/${users.a.id}`, { user: { password: `${GOOD_PASSWORD}2` } }),
  ),
  error('old_password_wrong', ({ users }) =>
    put(`/users/${users.a.id}`, { user: { password: `${GOOD_PASSWORD}2`, old_password: 'not-the-one' } }),
  ),
  error(
    'password_reset_disabled',
    ({ newName }) => get('/users/password/reset', { email: `${newName('x')}@example.com` }),
    {
      as: 'app',
      when: ({ settings }) => !settings.reset_password_by_email,
      readOnly,
    },
  ),

  // many users
  error('list_disabled', () => get('/users'), { as: 'app', when: (known) => !hasLists(known), readOnly }),
  error('online_disabled', () => get('/users/online'), {
    as: 'app',
    when: ({ settings, dialect }) => !settings.allow_online_users && !dialect.missingOperations.has('users.online'),
    readOnly,
  }),
  error('no_users_found', ({ newName }) => get('/users/by_full_name', { full_name: newName('x') }), {
    as: 'app',
    when: ({ dialect }) => dialect.rules.noneFound === 'error',
    readOnly,
  }),
  filtered('filter_malformed', 'x'),
  filtered('filter_field', 'string ue_conform eq x'),
  filtered('filter_operator', 'number id conform 1'),
  filtered('filter_value', 'number id gt x'),
  error('order_malformed', () => get('/users', { order: 'x' }), { as: 'app', when: hasLists, readOnly }),
  queried('query_stand_alone', { 'created_at[gt]': '2020-01-01T00:00:00Z' }),
  queried('query_compare', { 'login[gt]': 'x' }),
  queried('query_start_with', { 'full_name[start_with]': 'x' }),
  queried('query_field', { 'ue_conform[in][]': 'x' }),
  queried('query_operator', { 'id[conform]': '1' }),
  queried('query_value', { 'id[in][]': 'x' }),
  queried('query_page', { 'id[in][]': 1, limit: 'x' }),
  queried('query_sort', { 'id[in][]': 1, sort_asc: 'ue_conform' }),

  // transport
  error('route_unknown', () => get('/ue-conform'), { as: 'app', readOnly }),
  error(
    'malformed_body',
    () => ({ method: 'POST', path: '/users', raw: { type: 'application/json', text: '{"user":' } }),
    {
      as: 'app',
      readOnly,
    },
  ),
  error(
    'unsupported_body',
    () => ({ method: 'POST', path: '/users', raw: { type: 'application/xml', text: '<user/>' } }),
    {
      as: 'app',
      readOnly,
    },
  ),
  error('malformed_url', () => get('/users/%zz'), { as: 'app', readOnly }),
];
