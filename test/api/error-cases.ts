import type { ErrorKey } from '../../src/model/errors.ts';
import type { Answer } from '../support/http.ts';
import { person } from '../support/services.ts';
import type { Ask, World } from '../support/test-sandbox.ts';
import type { ErrorParams } from './catalogue.ts';

/** A request that ends in an error, and what the error says. */
export interface ErrorCase {
  readonly key: ErrorKey;
  readonly provoke: (world: World) => Promise<Answer>;
  readonly params?: ErrorParams | ((world: World) => ErrorParams);
  /** The texts of the XML document. Rails' convention: the field's name in words, then the text (a guess: none was logged). */
  readonly xml: readonly string[];
  /** Services that have no request for it: there the error is put in the way on purpose. */
  readonly not?: 'connectycube' | 'quickblox';
}

type Provoke = ErrorCase['provoke'];
type Params = ErrorCase['params'];

const kase = (
  key: ErrorKey,
  provoke: Provoke,
  xml: readonly string[] | string,
  params?: Params,
  not?: ErrorCase['not'],
): ErrorCase => ({
  key,
  provoke,
  xml: typeof xml === 'string' ? [xml] : xml,
  ...(params && { params }),
  ...(not && { not }),
});

/** A request with an application's token, or a user's. */
const app =
  (route: string, ask: Ask = {}): Provoke =>
  async (world) =>
    world.send(route, { token: await world.tokenOf(null), ...ask });
const signUp = (user: object) => app('POST /users', { params: { user } });
const NEW = { login: 'newbie', password: 'newbieSecret' };
const anna = (world: World) => person(world.service, 'anna').id;
const ben = (world: World) => person(world.service, 'ben').id;
const update =
  (user: object): Provoke =>
  async (world) =>
    world.send(`PUT /users/${anna(world)}`, { token: await world.tokenOf('anna'), params: { user } });
const v1 =
  (params: object): Provoke =>
  async (world) => {
    await world.box.settings.set({ disable_list_users_v1: false });
    return app('GET /users', { params: { ...params } })(world);
  };
const v2 = (query: string) => app(`GET /users/v2?${query}`);
const fault =
  (error: ErrorKey): Provoke =>
  async (world) => {
    await world.box.faults.add({ error, times: 1 });
    return world.send('GET /users/1');
  };
const LIST_LINK = 'Users retrieving forbidden in admin panel, application settings. Setup it here';
const NOT_FOUND = "Couldn't find user";
/** An error that only a broken disk brings about is tested with the data file; here, how it is said. */
const INJECTED = { reason: 'injected fault' };

/** One request for each error of the catalogue. */
export const CASES: readonly ErrorCase[] = [
  kase('token_required', (world) => world.send(`GET /users/${anna(world)}`), 'Token is required'),
  kase(
    'session_missing',
    (world) => world.send(`GET /users/${anna(world)}`, { token: 'nonsense' }),
    'Required session does not exist',
  ),
  kase('user_required', app('PUT /users/1', { params: { user: { phone: '1' } } }), 'Forbidden. Need user.'),
  kase(
    'not_owner',
    async (world) => world.send(`DELETE /users/${ben(world)}`, { token: await world.tokenOf('anna') }),
    'You are not owner of this object',
  ),
  kase(
    'auth_key_unknown',
    (world) => world.send('POST /users', { headers: { 'CB-AuthKey': 'nobody' }, params: { user: NEW } }),
    'No application found',
    {},
    'quickblox',
  ),

  kase('param_required', app('GET /users/by_login'), 'Login is required', { field: 'login' }),
  kase('application_unknown', (world) => world.open({ auth_key: 'wrong' }), 'No application found'),
  kase('bad_timestamp', (world) => world.open({ timestamp: 1_326_966_962 }), 'Bad timestamp'),
  kase('unexpected_signature', (world) => world.open({ signature: '0'.repeat(40) }), 'Unexpected signature'),
  kase(
    'nonce_taken',
    async (world) => {
      await world.box.settings.set({ check_nonce: true }, { app: world.service.app.id });
      const again = { nonce: 5, timestamp: Math.floor(Date.parse(await world.box.clock.now()) / 1000) };
      await world.open(again);
      return world.open(again);
    },
    'Nonce has already been taken',
  ),
  kase('wrong_password', (world) => world.open({ user: { login: 'anna', password: 'wrongSecret' } }), 'Unauthorized'),
  kase(
    'login_unknown',
    async (world) => {
      await world.box.settings.set({ create_user_on_session: false }, { app: world.service.app.id });
      return world.open({ user: { login: 'nobody', password: 'wrongSecret' } });
    },
    'Unauthorized',
  ),
  kase('credentials_missing', app('POST /login', { params: { password: 'x' } }), 'Login or email required'),
  kase(
    'bad_authentication_data',
    (world) => world.open({ provider: 'firebase_phone' }),
    'Bad Authentication data',
    { names: "firebase_phone[access_token]' and 'firebase_phone[project_id]" }, // log: of one service, in this order
  ),
  kase('provider_unknown', (world) => world.open({ provider: 'myspace' }), 'Bad Authentication data', {
    provider: 'myspace',
  }),

  kase('user_not_found', app('GET /users/999999'), NOT_FOUND),
  kase('user_params_missing', app('POST /users', { params: {} }), 'Invalid params', {}, 'quickblox'),
  kase('signup_credentials_missing', signUp({ password: 'newbieSecret' }), 'Login or email required'),
  kase('password_missing', signUp({ login: 'newbie' }), [
    'Password should contain alphanumeric and punctuation characters only',
    'Password is too short (minimum is 4 characters)',
  ]),
  kase('taken', signUp({ ...NEW, login: 'anna' }), 'Login has already been taken', { field: 'login' }),
  kase('too_short', signUp({ ...NEW, login: 'ab' }), 'Login is too short (minimum is 3 characters)', {
    field: 'login',
    limit: 3,
  }),
  kase('too_long', signUp({ ...NEW, password: 'p'.repeat(41) }), 'Password is too long (maximum is 40 characters)', {
    field: 'password',
    limit: 40,
  }),
  kase(
    'bad_characters',
    signUp({ ...NEW, login: 'new bie' }),
    'Login should contain alphanumeric and punctuation characters only',
    { field: 'login' },
    'connectycube',
  ),
  kase('bad_email', signUp({ ...NEW, email: 'nowhere' }), 'Email should look like an email address'),
  kase('not_a_number', signUp({ ...NEW, external_user_id: '12a' }), 'External user is not a number', {
    field: 'external_user_id',
  }),
  kase('not_a_text', signUp({ ...NEW, full_name: { first: 'x' } }), 'Full name is invalid', { field: 'full_name' }),
  kase('too_many_tags', signUp({ ...NEW, tag_list: 'a,b,c,d,e,f' }), 'Tag list is too long (maximum is 5 tags)'),
  kase('old_password_missing', update({ password: 'newSecret' }), 'Old password is required'),
  kase('old_password_wrong', update({ password: 'newSecret', old_password: 'wrong' }), 'Old password is invalid'),
  kase(
    'password_reset_disabled',
    async (world) => {
      await world.box.settings.set({ reset_password_by_email: false }, { app: world.service.app.id });
      return app('GET /users/password/reset', { params: { email: 'x@example.com' } })(world);
    },
    'Reset password by email is disabled',
  ),

  kase(
    'list_disabled',
    async (world) => {
      await world.box.settings.set({ allow_list_users: false }, { app: world.service.app.id });
      return app('GET /users')(world);
    },
    `${LIST_LINK} https://admin.quickblox.com/apps/22/settings`,
  ),
  kase('no_users_found', app('GET /users/by_tags', { params: { tags: 'none' } }), NOT_FOUND, {}, 'connectycube'),
  kase(
    'too_many_conditions',
    v1({ filter: Array.from({ length: 101 }, () => 'number id gt 1') }),
    'More than 100 conditions',
  ),
  kase('filter_malformed', v1({ filter: ['id=1'] }), `Wrong filter 'id=1': expected data_type+field+operator+value`, {
    value: 'id=1',
  }),
  kase(
    'filter_field',
    v1({ filter: ['string custom_data eq x'] }),
    `Wrong filter 'string custom_data eq x': field 'custom_data' can't be used`,
    { value: 'string custom_data eq x', field: 'custom_data' },
  ),
  kase('filter_operator', v1({ filter: ['number id is 1'] }), `Wrong filter 'number id is 1': unknown operator 'is'`, {
    value: 'number id is 1',
    operator: 'is',
  }),
  kase('filter_value', v1({ filter: ['number id eq one'] }), `Wrong filter 'number id eq one': 'one' is not a number`, {
    value: 'number id eq one',
    part: 'one',
    type: 'number',
  }),
  kase(
    'order_malformed',
    v1({ order: 'sideways' }),
    `Wrong order 'sideways': expected asc or desc, data type and field`,
    { value: 'sideways' },
  ),
  // the language of one service
  kase('query_stand_alone', v2('login[nin][]=admin19'), [], {}, 'quickblox'),
  kase('query_compare', v2('id[gt]=1'), [], { field: 'id' }, 'quickblox'),
  kase('query_start_with', v2('login[start_with]=vip'), [], { field: 'login', limit: 4 }, 'quickblox'),
  kase('query_field', v2('id=1&nonsense=1'), [], { field: 'nonsense' }, 'quickblox'),
  kase('query_operator', v2('id[ne]=1'), [], { field: 'id', operator: 'ne' }, 'quickblox'),
  kase('query_value', v2('id=one'), [], { field: 'id', value: 'one', type: 'number' }, 'quickblox'),
  kase('query_page', v2('id=1&limit=0'), [], { field: 'limit', limit: 1 }, 'quickblox'),
  kase('query_sort', v2('id=1&sort_asc=website'), [], { field: 'website' }, 'quickblox'),

  kase('route_unknown', app('GET /nowhere'), 'Resource not found', { method: 'GET', path: '/nowhere' }),
  kase('not_emulated', app('GET /chat/Dialog'), 'GET /chat/Dialog is not emulated by users-emulator', {
    method: 'GET',
    path: '/chat/Dialog',
  }),
  kase(
    'malformed_body',
    app('POST /users', { body: '{"a":', headers: { 'Content-Type': 'application/json' } }),
    'Unexpected end of JSON input',
    { reason: 'Unexpected end of JSON input' },
  ),
  kase(
    'body_too_large',
    app('POST /users', { body: 'x'.repeat(1_048_577) }),
    'Request body is larger than 1048576 bytes',
  ),
  kase(
    'unsupported_body',
    app('POST /users', { body: 'x', headers: { 'Content-Encoding': 'compress' } }),
    `Unsupported request body: unsupported content encoding "compress"`,
    { reason: 'unsupported content encoding "compress"' },
  ),
  kase('malformed_url', app('GET /users/external/%zz'), 'Malformed URL'),
  kase(
    'too_many_requests',
    async (world) => {
      await world.box.settings.set({ rate_limit: '1/60' });
      await app('GET /users/1')(world);
      return app('GET /users/1')(world);
    },
    'Too Many Requests',
  ),
  kase('internal_error', fault('internal_error'), 'Internal Server Error'),
  kase('service_unavailable', fault('service_unavailable'), 'Service Unavailable'),
  kase(
    'fault_malformed',
    (world) => world.send('GET /users/1', { headers: { 'X-Emulator-Fault': 'boom' } }),
    `X-Emulator-Fault: 'boom' is none of 503, status=503, error=taken, delay=200, drop=reset`,
    { reason: 'boom' },
  ),
  kase('fault', fault('fault'), 'injected fault', INJECTED),
  kase('storage_failed', fault('storage_failed'), 'The change could not be kept: injected fault', INJECTED),
];
