import type { ErrorKey } from '../../src/model/error-catalogue.ts';
import type { Answer, SendOptions } from '../support/http.ts';
import { person } from '../support/services.ts';
import type { TestSandbox } from '../support/test-sandbox.ts';
import type { ErrorParams } from './catalogue.ts';

/** A request that ends in an error, and the error's texts. */
export interface ErrorCase {
  readonly key: ErrorKey;
  readonly provoke: (sandbox: TestSandbox) => Promise<Answer>;
  readonly params?: ErrorParams | ((sandbox: TestSandbox) => ErrorParams);
  /** The texts of the XML document. Rails' convention: the field's name in words, then the text (a guess: none was logged). */
  readonly xml: readonly string[];
  /** The service without a request for it: there the error is injected as a fault. */
  readonly not?: 'connectycube' | 'quickblox';
}

type Provoke = ErrorCase['provoke'];
type Params = ErrorCase['params'];

const errorCase = (
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

/** A request with the application's token. */
const app =
  (route: string, options: SendOptions = {}): Provoke =>
  async (sandbox) =>
    sandbox.send(route, { token: await sandbox.tokenOf(null), ...options });
const signUp = (user: object) => app('POST /users', { params: { user } });
const NEW_USER = { login: 'newbie', password: 'newbieSecret' };
const anna = (sandbox: TestSandbox) => person(sandbox.service, 'anna').id;
const ben = (sandbox: TestSandbox) => person(sandbox.service, 'ben').id;
const update =
  (user: object): Provoke =>
  async (sandbox) =>
    sandbox.send(`PUT /users/${anna(sandbox)}`, { token: await sandbox.tokenOf('anna'), params: { user } });
const v1 =
  (params: object): Provoke =>
  async (sandbox) => {
    await sandbox.control.settings.set({ disable_list_users_v1: false });
    return app('GET /users', { params: { ...params } })(sandbox);
  };
const v2 = (query: string) => app(`GET /users/v2?${query}`);
const fault =
  (error: ErrorKey): Provoke =>
  async (sandbox) => {
    await sandbox.control.faults.add({ error, times: 1 });
    return sandbox.send('GET /users/1');
  };
const LIST_LINK = 'Users retrieving forbidden in admin panel, application settings. Setup it here';
const NOT_FOUND = "Couldn't find user";
/** Errors that only a broken disk causes are tested with the data file; here, their wording. */
const INJECTED = { reason: 'injected fault' };

/** One request for each error of the catalogue. */
export const CASES: readonly ErrorCase[] = [
  errorCase('token_required', (sandbox) => sandbox.send(`GET /users/${anna(sandbox)}`), 'Token is required'),
  errorCase(
    'session_missing',
    (sandbox) => sandbox.send(`GET /users/${anna(sandbox)}`, { token: 'nonsense' }),
    'Required session does not exist',
  ),
  errorCase('user_required', app('PUT /users/1', { params: { user: { phone: '1' } } }), 'Forbidden. Need user.'),
  errorCase(
    'not_owner',
    async (sandbox) => sandbox.send(`DELETE /users/${ben(sandbox)}`, { token: await sandbox.tokenOf('anna') }),
    'You are not owner of this object',
  ),
  errorCase(
    'auth_key_unknown',
    (sandbox) => sandbox.send('POST /users', { headers: { 'CB-AuthKey': 'nobody' }, params: { user: NEW_USER } }),
    'No application found',
    {},
    'quickblox',
  ),

  errorCase('param_required', app('GET /users/by_login'), 'Login is required', { field: 'login' }),
  errorCase('application_unknown', (sandbox) => sandbox.openSession({ auth_key: 'wrong' }), 'No application found'),
  errorCase('bad_timestamp', (sandbox) => sandbox.openSession({ timestamp: 1_326_966_962 }), 'Bad timestamp'),
  errorCase(
    'unexpected_signature',
    (sandbox) => sandbox.openSession({ signature: '0'.repeat(40) }),
    'Unexpected signature',
  ),
  errorCase(
    'nonce_taken',
    async (sandbox) => {
      await sandbox.control.settings.set({ check_nonce: true }, { app: sandbox.service.app.id });
      const again = { nonce: 5, timestamp: Math.floor(Date.parse(await sandbox.control.clock.now()) / 1000) };
      await sandbox.openSession(again);
      return sandbox.openSession(again);
    },
    'Nonce has already been taken',
  ),
  errorCase(
    'wrong_password',
    (sandbox) => sandbox.openSession({ user: { login: 'anna', password: 'wrongSecret' } }),
    'Unauthorized',
  ),
  errorCase(
    'login_unknown',
    async (sandbox) => {
      await sandbox.control.settings.set({ create_user_on_session: false }, { app: sandbox.service.app.id });
      return sandbox.openSession({ user: { login: 'nobody', password: 'wrongSecret' } });
    },
    'Unauthorized',
  ),
  errorCase('credentials_missing', app('POST /login', { params: { password: 'x' } }), 'Login or email required'),
  errorCase(
    'bad_authentication_data',
    (sandbox) => sandbox.openSession({ provider: 'firebase_phone' }),
    'Bad Authentication data',
    { names: "firebase_phone[access_token]' and 'firebase_phone[project_id]" }, // log: of one service, in this order
  ),
  errorCase('provider_unknown', (sandbox) => sandbox.openSession({ provider: 'myspace' }), 'Bad Authentication data', {
    provider: 'myspace',
  }),

  errorCase(
    'session_not_found',
    async (sandbox) => sandbox.send('DELETE /session/1', { token: await sandbox.tokenOf('anna') }),
    "Couldn't find session",
  ),
  errorCase('user_not_found', app('GET /users/999999'), NOT_FOUND),
  errorCase('bad_user_id', app('GET /users/undefined'), NOT_FOUND, { field: 'id' }),
  errorCase('user_params_missing', app('POST /users', { params: {} }), 'Invalid params', {}, 'quickblox'),
  errorCase('signup_credentials_missing', signUp({ password: 'newbieSecret' }), 'Login or email required'),
  errorCase('password_missing', signUp({ login: 'newbie' }), [
    'Password should contain alphanumeric and punctuation characters only',
    'Password is too short (minimum is 4 characters)',
  ]),
  errorCase('taken', signUp({ ...NEW_USER, login: 'anna' }), 'Login has already been taken', { field: 'login' }),
  errorCase('too_short', signUp({ ...NEW_USER, login: 'ab' }), 'Login is too short (minimum is 3 characters)', {
    field: 'login',
    limit: 3,
  }),
  errorCase(
    'too_long',
    signUp({ ...NEW_USER, password: 'p'.repeat(41) }),
    'Password is too long (maximum is 40 characters)',
    {
      field: 'password',
      limit: 40,
    },
  ),
  errorCase(
    'bad_characters',
    signUp({ ...NEW_USER, login: 'new bie' }),
    'Login should contain alphanumeric and punctuation characters only',
    { field: 'login' },
    'connectycube',
  ),
  errorCase('bad_email', signUp({ ...NEW_USER, email: 'nowhere' }), 'Email should look like an email address'),
  errorCase('bad_phone', signUp({ ...NEW_USER, phone: 'none' }), [], {}, 'quickblox'),
  errorCase(
    'blob_unknown',
    async (sandbox) => {
      await sandbox.control.settings.set({ check_blob_id: true }, { app: sandbox.service.app.id });
      return signUp({ ...NEW_USER, blob_id: 7 })(sandbox);
    },
    'Blob does not exist',
  ),
  errorCase('not_a_number', signUp({ ...NEW_USER, blob_id: '12a' }), 'Blob is not a number', { field: 'blob_id' }),
  errorCase(
    'bad_external_user_id',
    signUp({ ...NEW_USER, external_user_id: '12a' }),
    'External user must be less than 11 characters',
    {},
    'connectycube',
  ),
  errorCase('not_a_text', signUp({ ...NEW_USER, full_name: { first: 'x' } }), 'Full name is invalid', {
    field: 'full_name',
  }),
  errorCase(
    'too_many_tags',
    signUp({ ...NEW_USER, tag_list: 'a,b,c,d,e,f' }),
    'Tag list is too long (maximum is 5 tags)',
  ),
  errorCase('old_password_missing', update({ password: 'newSecret' }), 'Incorrect old password provided'),
  errorCase(
    'old_password_wrong',
    update({ password: 'newSecret', old_password: 'wrong' }),
    'Incorrect old password provided',
  ),
  errorCase(
    'password_reset_disabled',
    async (sandbox) => {
      await sandbox.control.settings.set({ reset_password_by_email: false }, { app: sandbox.service.app.id });
      return app('GET /users/password/reset', { params: { email: 'x@example.com' } })(sandbox);
    },
    'Reset password by email is disabled',
  ),

  errorCase(
    'list_disabled',
    async (sandbox) => {
      await sandbox.control.settings.set({ allow_list_users: false }, { app: sandbox.service.app.id });
      return app('GET /users')(sandbox);
    },
    `${LIST_LINK} https://admin.quickblox.com/apps/22/settings`,
  ),
  errorCase(
    'online_disabled',
    async (sandbox) => {
      await sandbox.control.settings.set({ allow_online_users: false }, { app: sandbox.service.app.id });
      return app('GET /users/online')(sandbox);
    },
    [],
    {},
    'quickblox',
  ),
  errorCase('no_users_found', app('GET /users/by_tags', { params: { tags: 'none' } }), NOT_FOUND, {}, 'connectycube'),
  errorCase(
    'too_many_conditions',
    v1({ filter: Array.from({ length: 101 }, () => 'number id gt 1') }),
    'More than 100 conditions',
  ),
  errorCase(
    'filter_malformed',
    v1({ filter: ['id=1'] }),
    `Wrong filter 'id=1': expected data_type+field+operator+value`,
    {
      value: 'id=1',
    },
  ),
  errorCase(
    'filter_field',
    v1({ filter: ['string custom_data eq x'] }),
    `Wrong filter 'string custom_data eq x': field 'custom_data' can't be used`,
    { value: 'string custom_data eq x', field: 'custom_data' },
  ),
  errorCase(
    'filter_operator',
    v1({ filter: ['number id is 1'] }),
    `Wrong filter 'number id is 1': unknown operator 'is'`,
    {
      value: 'number id is 1',
      operator: 'is',
    },
  ),
  errorCase(
    'filter_value',
    v1({ filter: ['number id eq one'] }),
    `Wrong filter 'number id eq one': 'one' is not a number`,
    {
      value: 'number id eq one',
      part: 'one',
      type: 'number',
    },
  ),
  errorCase(
    'order_malformed',
    v1({ order: 'sideways' }),
    `Wrong order 'sideways': expected asc or desc, data type and field`,
    { value: 'sideways' },
  ),
  // the query language of one service
  errorCase('query_stand_alone', v2('login[nin][]=admin19'), [], {}, 'quickblox'),
  errorCase('query_compare', v2('id[gt]=1'), [], { field: 'id' }, 'quickblox'),
  errorCase('query_start_with', v2('login[start_with]=vip'), [], { field: 'login', limit: 4 }, 'quickblox'),
  errorCase('query_field', v2('id=1&nonsense=1'), [], { field: 'nonsense' }, 'quickblox'),
  errorCase('query_operator', v2('id[ne]=1'), [], { field: 'id', operator: 'ne' }, 'quickblox'),
  errorCase('query_value', v2('id=one'), [], { field: 'id', value: 'one', type: 'number' }, 'quickblox'),
  errorCase('query_page', v2('id=1&limit=0'), [], { field: 'limit', limit: 1 }, 'quickblox'),
  errorCase('query_sort', v2('id=1&sort_asc=website'), [], { field: 'website' }, 'quickblox'),

  errorCase('route_unknown', app('GET /nowhere'), 'Possible subdomains: admin, api, billing', {
    method: 'GET',
    path: '/nowhere',
  }),
  errorCase(
    'not_emulated',
    app('GET /chat/Dialog'),
    `GET /chat/Dialog (chat) is not emulated by users-emulator: to answer it, add a stub (users-emulator stub add 'GET /chat/Dialog' answer.json); --stub app-boot answers what applications request after the login`,
    { method: 'GET', path: '/chat/Dialog', module: 'chat' },
  ),
  errorCase(
    'stub_failed',
    async (sandbox) => {
      const answer = () => {
        throw new Error('boom');
      };
      await sandbox.control.stubs.add({ name: 'dialogs', match: 'GET /chat/Dialog', answer });
      return app('GET /chat/Dialog')(sandbox);
    },
    "The stub 'dialogs' failed: boom",
    { name: 'dialogs', reason: 'boom' },
  ),
  errorCase(
    'malformed_body',
    app('POST /users', { body: '{"a":', headers: { 'Content-Type': 'application/json' } }),
    'Unexpected end of JSON input',
    { reason: 'Unexpected end of JSON input' },
  ),
  errorCase(
    'body_too_large',
    app('POST /users', { body: 'x'.repeat(1_048_577) }),
    'Request body is larger than 1048576 bytes',
  ),
  errorCase(
    'unsupported_body',
    app('POST /users', { body: 'x', headers: { 'Content-Encoding': 'compress' } }),
    `Unsupported request body: unsupported content encoding "compress"`,
    { reason: 'unsupported content encoding "compress"' },
  ),
  errorCase('malformed_url', app('GET /users/external/%zz'), 'Malformed URL'),
  errorCase(
    'too_many_requests',
    async (sandbox) => {
      await sandbox.control.settings.set({ rate_limit: '1/60' });
      await app('GET /users/1')(sandbox);
      return app('GET /users/1')(sandbox);
    },
    'Too Many Requests',
  ),
  errorCase('internal_error', fault('internal_error'), 'Internal Server Error'),
  errorCase('service_unavailable', fault('service_unavailable'), 'Service Unavailable'),
  errorCase(
    'fault_malformed',
    (sandbox) => sandbox.send('GET /users/1', { headers: { 'X-Emulator-Fault': 'boom' } }),
    `X-Emulator-Fault: 'boom' is none of 503, reset, reset@after, html, error=taken, delay=200, body=closed, json={}, header=Retry-After: 5, trickle=2000`,
    { reason: 'boom' },
  ),
  errorCase('fault', fault('fault'), 'injected fault', INJECTED),
  errorCase('storage_failed', fault('storage_failed'), 'The change could not be stored: injected fault', INJECTED),
];
