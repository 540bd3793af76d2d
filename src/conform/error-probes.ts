import { PROVIDER_NAMES } from '../model/providers.ts';
import type { Probe } from './calls.ts';
import * as needs from './needs.ts';
import { error, GOOD_PASSWORD, get, inXml, NO_SESSION, NOBODY, post, put, READ, remove, signUp } from './probe-rows.ts';

const { LOOKUPS } = needs;
const XML = needs.format('xml');
const IN_XML = 'in XML';
const RESETS = needs.setting('reset_password_by_email', true);

/** Errors of callers and sessions. */
export const CALLER_PROBES: readonly Probe[] = [
  error('token_required', () => get(`/users/${NOBODY}`), NO_SESSION),
  error('token_required', () => ({ ...get(`/users/${NOBODY}`), headers: { authorization: 'ApiKey ue-conform' } }), {
    ...NO_SESSION,
    variant: 'an unknown API key',
    guess: 'an unknown API key counts as none',
  }),
  error('token_required', () => inXml(get(`/users/${NOBODY}`)), {
    ...NO_SESSION,
    variant: IN_XML,
    guess: "errors in XML are Rails' `<errors>`",
    needs: [XML],
  }),
  error('session_missing', () => get(`/users/${NOBODY}`), { as: 'unknown', readOnly: true }),
  error('user_required', ({ users }) => put(`/users/${users.a.id}`, { user: { website: 'example.com' } }), {
    as: 'app',
  }),
  error('not_owner', ({ users }) => put(`/users/${users.b.id}`, { user: { website: 'example.com' } })),
  error('not_owner', ({ users }) => inXml(put(`/users/${users.b.id}`, { user: { website: 'example.com' } })), {
    variant: IN_XML,
    needs: [XML],
  }),
  error(
    'auth_key_unknown',
    ({ dialect }) => ({ ...post('/users', {}), headers: { [dialect.request.authKey ?? '']: 'ue-conform' } }),
    { ...NO_SESSION, needs: [needs.AUTH_KEY_HEADER] },
  ),

  error('param_required', (world) => post('/session', { ...world.session(), auth_key: '' }), NO_SESSION),
  error('param_required', () => post('/session', {}), {
    ...NO_SESSION,
    variant: 'no parameters at all',
    guess: 'missing parameters are reported in alphabetical order',
  }),
  error('param_required:password', ({ newName }) => post('/login', { login: newName('unknown') }), READ),
  error('param_required:signature', (world) => post('/session', world.unsignedSession()), {
    ...NO_SESSION,
    needs: [needs.SIGNED, needs.setting('require_signature', true)],
  }),
  error('application_unknown', (world) => post('/session', { ...world.session(), auth_key: 'ue-conform' }), NO_SESSION),
  error(
    'bad_timestamp',
    (world) => post('/session', world.session({ timestamp: 1_000_000_000, nonce: 7 })),
    NO_SESSION,
  ),
  error(
    'unexpected_signature',
    (world) => post('/session', { ...world.session(), signature: '0'.repeat(40) }),
    NO_SESSION,
  ),
  error('nonce_taken', (world) => post('/session', world.session({ nonce: 1 })), {
    ...NO_SESSION,
    needs: [needs.SIGNED, needs.setting('check_nonce', true)],
  }),
  error('provider_unknown', (world) => post('/session', world.session({ provider: 'ue-conform' })), NO_SESSION),
  ...PROVIDER_NAMES.map((provider) =>
    error('bad_authentication_data', () => post('/login', { provider }), {
      ...READ,
      variant: `${provider} without its token`,
      guess: 'the answer is alike for all providers',
      guessIf: () => provider !== 'firebase_phone',
      needs: [needs.offered(provider), needs.isSetUp(provider)],
    }),
  ),
  error('wrong_password', ({ users }) => post('/login', { login: users.a.login, password: 'not-the-one' }), {
    as: 'app',
  }),
  error('login_unknown', ({ newName }) => post('/login', { login: newName('unknown'), password: GOOD_PASSWORD }), READ),
  error('credentials_missing', () => post('/login', { password: GOOD_PASSWORD }), READ),
  // no session has so long an id
  error('session_not_found', () => remove('/session/999999999999999')),
];

/** Errors of one user. */
export const USER_PROBES: readonly Probe[] = [
  error('user_not_found', () => get(`/users/${NOBODY}`), { ...READ, needs: [LOOKUPS] }),
  error('bad_user_id', () => get('/users/ue-conform'), { ...READ, needs: [LOOKUPS] }),
  error('user_not_found', () => inXml(get(`/users/${NOBODY}`)), { ...READ, variant: IN_XML, needs: [XML, LOOKUPS] }),
  error('user_not_found', ({ users }) => get('/users/by_login', { login: users.a.login.toUpperCase() }), {
    variant: 'a login in capitals',
    guess: 'the case of a login counts',
    needs: [LOOKUPS],
  }),
  error('user_not_found', () => get('/users/phone', { phone: '10000000001' }), {
    ...READ,
    variant: 'an unknown phone',
    guess: 'an unknown phone finds no user, as an unknown id',
    needs: [needs.PHONE_FINDS_ONE],
  }),
  error('user_not_found', ({ newName }) => get('/users/password/reset', { email: `${newName('x')}@example.com` }), {
    ...READ,
    variant: 'a password reset for an unknown address',
    guess: 'the body is that of a look-up',
    needs: [RESETS],
  }),
  error('user_not_found', ({ newName }) => post('/users/password/reset', { email: `${newName('x')}@example.com` }), {
    ...READ,
    variant: 'a password reset with POST',
    guess: 'POST is accepted, too',
    needs: [RESETS],
  }),
  error('user_not_found', ({ users }) => remove(`/users/external/${users.c.external_user_id}`), {
    variant: 'the deletion of a user who was deleted before',
    guess: 'the body is that of a look-up',
  }),
  error('user_params_missing', () => post('/users', {}), { ...READ, needs: [needs.USER_REQUIRED] }),
  error('signup_credentials_missing', () => post('/users', { user: { password: GOOD_PASSWORD } }), { as: 'app' }),
  error('signup_credentials_missing', ({ users }) => put(`/users/${users.d.id}`, { user: { login: '', email: '' } }), {
    as: 'd',
    variant: 'an update that removes login and email',
    guess: 'users keep a login or an email',
  }),
  error('password_missing', ({ newName }) => post('/users', { user: { login: newName('nopass') } }), { as: 'app' }),
  error('password_missing', () => post('/users', {}), {
    ...READ,
    variant: 'no user at all',
    guess: 'a sign-up without `user` counts as one with an empty object',
    needs: [needs.USER_OPTIONAL],
  }),
  signUp('taken:login', 'taken', ({ users }) => ({ login: users.a.login })),
  signUp('taken:email', 'taken-email', ({ users }) => ({ email: users.a.email })),
  signUp('taken', 'taken-external', ({ users }) => ({ external_user_id: users.a.external_user_id })),
  signUp('taken', 'taken-facebook', ({ users }) => ({ facebook_id: users.a.facebook_id }), {
    variant: 'a facebook_id',
  }),
  signUp('taken', 'taken-twitter', ({ users }) => ({ twitter_id: users.a.twitter_id }), { variant: 'a twitter_id' }),
  signUp('taken:phone', 'taken-phone', ({ users }) => ({ phone: users.a.phone }), {
    needs: [needs.setting('unique_phone', true)],
  }),
  signUp('too_short:password', 'short', () => ({ password: 'x' })),
  signUp('too_short:full_name', 'short-name', () => ({ full_name: 'x' }), { needs: [needs.minLength('full_name')] }),
  // not a sign-up: if the service accepts it, the user is still the run's own
  error('too_short', ({ users }) => put(`/users/${users.d.id}`, { user: { login: 'x' } }), { as: 'd' }),
  signUp('too_long:full_name', 'long', () => ({ full_name: 'x'.repeat(300) })),
  signUp('too_long', 'long-login', ({ newName }) => ({ login: newName('x').padEnd(300, 'x') }), { variant: 'a login' }),
  signUp('too_long', 'long-email', ({ newName }) => ({ email: `${newName('x').padEnd(300, 'x')}@example.com` }), {
    variant: 'an email',
    guess: 'an address has 255 characters at most',
    guessIf: ({ formats }) => !('xml' in formats),
  }),
  signUp('too_long', 'long-password', () => ({ password: 'x'.repeat(300) }), { variant: 'a password' }),
  signUp('bad_characters', 'characters', ({ newName }) => ({ login: `${newName('x')} x` }), {
    needs: [needs.pattern('login')],
  }),
  signUp('bad_characters:password', 'password', () => ({ password: 'Пароль-2026' }), {
    needs: [needs.pattern('password')],
  }),
  signUp('bad_email', 'email', () => ({ email: 'ue-conform' })),
  error('bad_email', ({ newName }) => inXml(post('/users', { user: { login: newName('xml'), email: 'ue-conform' } })), {
    as: 'app',
    variant: IN_XML,
    needs: [XML],
  }),
  signUp('bad_phone', 'phone', () => ({ phone: 'ue-conform' }), { needs: [needs.pattern('phone')] }),
  signUp('blob_unknown', 'blob', () => ({ blob_id: NOBODY }), { needs: [needs.setting('check_blob_id', true)] }),
  signUp('bad_external_user_id', 'external', () => ({ external_user_id: '12345678901' }), {
    needs: [needs.pattern('external_user_id')],
  }),
  signUp('not_a_number', 'number', () => ({ blob_id: 'x' })),
  signUp('not_a_text', 'text', () => ({ website: { x: 1 } })),
  signUp('too_many_tags', 'tags', () => ({ tag_list: Array.from({ length: 11 }, (_, at) => `tag${at}`).join() })),
  error('old_password_missing', ({ users }) =>
    put(`/users/${users.a.id}`, { user: { password: `${GOOD_PASSWORD}2` } }),
  ),
  error('old_password_missing', ({ users }) => put(`/users/${users.a.id}`, { user: { password: users.a.password } }), {
    variant: 'the password that the user has',
    guess: 'it needs the old one, too',
  }),
  error('old_password_wrong', ({ users }) =>
    put(`/users/${users.a.id}`, { user: { password: `${GOOD_PASSWORD}2`, old_password: 'not-the-one' } }),
  ),
  error(
    'password_reset_disabled',
    ({ newName }) => get('/users/password/reset', { email: `${newName('x')}@example.com` }),
    {
      ...READ,
      needs: [needs.setting('reset_password_by_email', false)],
    },
  ),
];

/** Errors of the transport: any API has some. */
export const TRANSPORT_PROBES: readonly Probe[] = [
  error('route_unknown', () => get('/ue-conform'), READ),
  error(
    'malformed_body',
    () => ({ method: 'POST', path: '/users', raw: { type: 'application/json', text: '{"user":' } }),
    READ,
  ),
  error(
    'unsupported_body',
    () => ({ method: 'POST', path: '/users', raw: { type: 'application/xml', text: '<user/>' } }),
    READ,
  ),
  error('malformed_url', () => get('/users/%zz'), READ),
  // the last one: the service may close the connection. Without login, email and password nobody can be signed up
  error('body_too_large', () => post('/users', { user: { custom_data: 'x'.repeat(1_100_000) } }), {
    as: 'app',
    teachesWith: 413,
    mayBreak: true,
  }),
];
