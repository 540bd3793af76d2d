import type { Settings } from '../../src/model/records.ts';
import type { Answer, Params } from '../support/http.ts';
import { formOf, pairsOf } from '../support/http.ts';
import { BLOX, CUBE, type Name, person, type Service } from '../support/services.ts';
import { signed, type TestSandbox } from '../support/test-sandbox.ts';

/** A request, and the exact answer of the real service. */
export interface AnswerCase {
  /** The row of the collected facts. */
  readonly id: string;
  readonly what: string;
  readonly service: Service;
  /** The user whose token is sent; null: the application's token; undefined: none. */
  readonly as?: Name | null;
  readonly settings?: Partial<Settings>;
  readonly route: string;
  readonly params?: Params;
  readonly status: number;
  /** The JSON body. */
  readonly body: unknown;
  /** The texts of an XML error document. */
  readonly xml?: readonly string[];
}

const cube = (id: string, what: string, row: Omit<AnswerCase, 'id' | 'what' | 'service'>): AnswerCase => ({
  id,
  what,
  service: CUBE,
  ...row,
});
const blox = (id: string, what: string, row: Omit<AnswerCase, 'id' | 'what' | 'service'>): AnswerCase => ({
  id,
  what,
  service: BLOX,
  ...row,
});

const signUp = (user: object) => ({
  as: null,
  route: 'POST /users',
  params: { user: { ...NEW, ...user } },
  status: 422,
});
const NEW = { login: 'newbie', password: 'newbieSecret' };
const base = (...texts: string[]) => ({ errors: { base: texts } });
const list = (...texts: string[]) => ({ errors: texts });
const field = (name: string, ...texts: string[]) => ({ errors: { [name]: texts } });
const update = (service: Service, name: Name, user: object) => ({
  as: 'anna' as const,
  route: `PUT /users/${person(service, name).id}`,
  params: { user },
});
const BLANK_NAMES = { login: '', email: '' };
const CUBE_ANNA = person(CUBE, 'anna');
const SHORT = 'is too short (minimum is 4 characters)';
const CHARACTERS = 'should contain alphanumeric and punctuation characters only';

const BLOX_BEN = person(BLOX, 'ben');
/** log: the picture of the admin panel. */
const V1_LOOKUPS = [
  ...(['login', 'facebook_id', 'twitter_id', 'email'] as const).map((name) => ({
    what: `a look-up by ${name}`,
    route: `GET /users/by_${name}`,
    params: { [name]: CUBE_ANNA[name] },
  })),
  { what: 'a look-up by tags', route: 'GET /users/by_tags', params: { tags: 'red' } },
  { what: 'a look-up by external id', route: `GET /users/external/${CUBE_ANNA.external_user_id}`, params: undefined },
  { what: 'a look-up by id', route: `GET /users/${CUBE_ANNA.id}`, params: undefined },
];

/** The facts that are one request and one answer. */
export const ANSWERS: readonly AnswerCase[] = [
  cube('C1', 'a taken login', { ...signUp({ login: 'anna' }), body: base('login must be unique') }),
  cube('C1', 'a taken email', { ...signUp({ email: CUBE_ANNA.email }), body: base('email must be unique') }),
  cube('C1', 'both taken: the email is named first', {
    ...signUp({ login: 'anna', email: CUBE_ANNA.email }),
    body: base('email must be unique', 'login must be unique'),
  }),
  cube('C1', 'a taken login at an update', {
    ...update(CUBE, 'anna', { login: 'ben' }),
    status: 422,
    body: base('login must be unique'),
  }),
  cube('C1', 'a taken email at a session that signs its user up', {
    route: 'POST /session',
    params: { user: { login: 'newbie', email: CUBE_ANNA.email, password: 'newbieSecret' } },
    status: 422,
    body: base('email must be unique'),
  }),
  cube('C2', 'a taken Facebook id', {
    ...signUp({ facebook_id: CUBE_ANNA.facebook_id }),
    body: base('facebook_id must be unique'),
  }),
  cube('C3', 'neither login nor email at a sign-up', {
    ...signUp(BLANK_NAMES),
    body: list("Both user login and email can't be blank"),
  }),
  cube('C3', 'neither login nor email at a login', {
    as: null,
    route: 'POST /login',
    params: { password: 'annaSecret1' },
    status: 422,
    body: list("Both user login and email can't be blank"),
  }),
  cube('C4', 'a phone with letters', {
    ...signUp({ phone: 'call me' }),
    body: field('phone', 'is not a valid phone number'),
  }),
  cube('C4', 'a phone of two digits', {
    ...signUp({ phone: '12' }),
    body: field('phone', 'is not a valid phone number'),
  }),
  cube('C5', 'a short password', {
    ...signUp({ password: 'short' }),
    body: field('password', 'is too short (minimum is 6 characters)'),
  }),
  cube('C6', "an update of somebody else's user", {
    ...update(CUBE, 'ben', { full_name: 'x' }),
    status: 403,
    body: base('You are not owner of this object'),
  }),

  blox('Q1', 'no token', {
    route: 'GET /users',
    status: 401,
    body: list('Token is required'),
    xml: ['Token is required'],
  }),
  blox('Q2', 'a wrong old password', {
    ...update(BLOX, 'anna', { password: 'anotherOne', old_password: 'wrong' }),
    status: 422,
    body: base('Incorrect old password provided'),
    xml: ['Incorrect old password provided'],
  }),
  blox('Q2', 'no old password', {
    ...update(BLOX, 'anna', { password: 'anotherOne' }),
    status: 422,
    body: base('Incorrect old password provided'),
    xml: ['Incorrect old password provided'],
  }),
  blox('Q9', "an update of somebody else's user", {
    ...update(BLOX, 'ben', { full_name: 'x' }),
    status: 403,
    body: base('You are not owner of this object'),
    xml: ['You are not owner of this object'],
  }),
  blox('Q9', "a deletion of somebody else's user", {
    as: 'anna',
    route: `DELETE /users/${person(BLOX, 'ben').id}`,
    status: 403,
    body: base('You are not owner of this object'),
    xml: ['You are not owner of this object'],
  }),
  ...V1_LOOKUPS.map(({ what, route, params }) =>
    cube('C7', `${what}, where the option of the admin panel covers it`, {
      as: 'anna',
      settings: { disable_lookups_v1: true },
      route,
      ...(params && { params }),
      status: 403,
      body: base(
        'Users retrieving forbidden in admin panel, application settings. Setup it here https://admin.connectycube.com/apps/230/service/users/settings',
      ),
    }),
  ),
  cube('C7', 'a search by full name, which the option does not cover', {
    as: 'anna',
    settings: { disable_lookups_v1: true },
    route: 'GET /users/by_full_name',
    params: { full_name: 'nobody' },
    status: 200,
    body: { current_page: 1, per_page: 10, total_entries: 0, items: [] },
  }),
  blox('Q3', 'a blob_id of no blob', {
    ...signUp({ blob_id: 7 }),
    settings: { check_blob_id: true },
    body: field('blob', 'does not exist'),
    xml: ['Blob does not exist'],
  }),
  blox('Q5', 'a phone that another user has', {
    ...signUp({ phone: BLOX_BEN.phone }),
    settings: { unique_phone: true },
    body: field('phone', 'has already been taken'),
    xml: ['Phone has already been taken'],
  }),
  blox('Q8', 'a deletion', {
    as: 'anna',
    route: `DELETE /users/${person(BLOX, 'anna').id}`,
    status: 200,
    body: 'null',
  }),
  blox('Q8', 'a deletion, without null bodies', {
    as: 'anna',
    settings: { null_bodies: false },
    route: `DELETE /users/${person(BLOX, 'anna').id}`,
    status: 200,
    body: ' ',
  }),
  blox('Q8', 'a deletion by external id, without null bodies', {
    as: 'anna',
    settings: { null_bodies: false },
    route: `DELETE /users/external/${person(BLOX, 'anna').external_user_id}`,
    status: 200,
    body: ' ',
  }),
  blox('Q8', 'a password reset, without null bodies', {
    as: null,
    settings: { null_bodies: false },
    route: 'GET /users/password/reset',
    params: { email: BLOX_BEN.email },
    status: 200,
    body: ' ',
  }),
  blox('Q13', "a deletion of somebody else's user by the account's owner", {
    as: 'anna',
    settings: { account_owner: 'anna' },
    route: `DELETE /users/${BLOX_BEN.id}`,
    status: 200,
    body: 'null',
  }),
  blox('Q18', 'a login through a provider that is not set up', {
    as: null,
    settings: { providers: 'twitter,firebase_phone' },
    route: 'POST /login',
    params: { provider: 'facebook', keys: { token: 'AM46dx' } },
    status: 422,
    body: base('Login or email required'),
    xml: ['Login or email required'],
  }),
  blox('Q18', 'a session through a provider that is not set up', {
    settings: { providers: 'none' },
    route: 'POST /session',
    params: { provider: 'facebook', keys: { token: 'AM46dx' } },
    status: 422,
    body: list('Bad Authentication data'),
    xml: ['Bad Authentication data'],
  }),
  blox('Q10', 'a full name that nobody has', {
    as: null,
    route: 'GET /users/by_full_name',
    params: { full_name: 'Nobody At All' },
    status: 404,
    body: { code: null, message: "Couldn't find user" },
    xml: ["Couldn't find user"],
  }),
  blox('Q11', 'an external id that nobody has', {
    as: null,
    route: 'GET /users/external/999999',
    params: {},
    status: 404,
    body: { code: null, message: "Couldn't find user" },
    xml: ["Couldn't find user"],
  }),
  blox('Q12', 'a password reset for an email that nobody has', {
    as: null,
    route: 'GET /users/password/reset',
    params: { email: 'nobody@x.org' },
    status: 404,
    body: { code: null, message: "Couldn't find user" },
    xml: ["Couldn't find user"],
  }),
  blox('Q19', 'a password below the least length', {
    ...signUp({ password: 'abc' }),
    body: field('password', SHORT),
    xml: [`Password ${SHORT}`],
  }),
  blox('Q19', 'a password below 8 characters where an application wants 8', {
    ...signUp({ password: 'Lena' }),
    settings: { password_min_length: 8 },
    body: field('password', 'is too short (minimum is 8 characters)'),
    xml: ['Password is too short (minimum is 8 characters)'],
  }),
  blox('Q19', 'no password', {
    ...signUp({ password: '' }),
    body: field('password', CHARACTERS, SHORT),
    xml: [`Password ${CHARACTERS}`, `Password ${SHORT}`],
  }),
];

/** A way in which parameters arrive. */
type Form = 'json' | 'form' | 'multipart' | 'query';
export const FORMS: readonly Form[] = ['json', 'form', 'multipart', 'query'];

/** Sends a case's request. @param form in which its parameters arrive */
export async function ask(sandbox: TestSandbox, answerCase: AnswerCase, form: Form): Promise<Answer> {
  const { service, as, settings, route, params = {} } = answerCase;
  if (settings) await sandbox.control.settings.set(settings, { app: service.app.id });
  const { id, auth_key, auth_secret } = service.app;
  let sent = params;
  if (route === 'POST /session') {
    sent = { application_id: id, auth_key, ...params };
    if (service.signed) {
      const timestamp = Math.floor(Date.parse(await sandbox.control.clock.now()) / 1000);
      sent = signed({ nonce: 33432, timestamp, ...sent }, auth_secret);
    }
  }
  const token = as === undefined ? undefined : await sandbox.tokenOf(as);
  switch (form) {
    case 'json':
      return sandbox.send(route, { token, body: sent });
    case 'form':
      return sandbox.send(route, { token, body: formOf(sent) });
    case 'query':
      return sandbox.send(`${route}?${formOf(sent)}`, { token });
    case 'multipart': {
      const parts = pairsOf(sent).map(
        ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
      return sandbox.send(route, { token, headers, body: `${parts.join('')}--b--\r\n` });
    }
  }
}
