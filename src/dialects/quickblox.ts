import { STATUS_CODES } from 'node:http';
import type { OperationName } from '../api/endpoints.ts';
import { defineError } from '../model/errors.ts';
import { isoSeconds } from '../support/clock.ts';
import { HEX } from '../support/random.ts';
import { type Dialect, expirationDate, field, type SessionView, type UserView } from './dialect.ts';

const OWNER: UserView[number] = ['owner_id', (_, app) => app.owner_id];
/** doc: joined by comma and space. */
const TAGS: UserView[number] = ['user_tags', (user) => user.user_tags?.join(', ') ?? null];

/** doc: the keys and their order in the JSON examples. */
const JSON_VIEW: UserView = [
  field('id'),
  OWNER,
  field('full_name'),
  field('email'),
  field('login'),
  field('phone'),
  field('website'),
  field('created_at'),
  field('updated_at'),
  field('last_request_at'),
  field('external_user_id'),
  field('facebook_id'),
  field('twitter_id'),
  field('blob_id'),
  field('custom_data'),
  TAGS,
];

/** doc: the example of this one operation has `custom_data` before `blob_id`. */
const SHOW_VIEW: UserView = [...JSON_VIEW.slice(0, 13), field('custom_data'), field('blob_id'), TAGS];

/** doc: the elements in the XML examples, alphabetical but for the last two. */
const XML_VIEW: UserView = [
  field('blob_id'),
  field('created_at'),
  field('email'),
  field('external_user_id'),
  field('facebook_id'),
  field('full_name'),
  field('id'),
  field('last_request_at'),
  field('login'),
  OWNER,
  field('phone'),
  field('twitter_id'),
  field('updated_at'),
  field('website'),
  field('custom_data'),
  TAGS,
];

/** doc: the column "Allowed fields" of filters and sort. */
const V1_FIELDS = new Set([
  'id',
  'full_name',
  'email',
  'login',
  'phone',
  'website',
  'created_at',
  'updated_at',
  'last_request_at',
  'external_user_id',
  'twitter_id',
  'facebook_id',
]);

/** log: keys and order of 2016. */
const JSON_SESSION: SessionView = [
  ['_id', (session) => session.id.toString(16).padStart(24, '0')],
  ['application_id', (session) => session.application_id],
  ['created_at', (session) => isoSeconds(session.created_at)],
  ['device_id', () => 0],
  ['nonce', (session) => session.nonce],
  ['token', (session) => session.token],
  ['ts', (session) => session.ts],
  ['updated_at', (session) => isoSeconds(session.updated_at)],
  ['user_id', (session) => session.user_id ?? 0],
  ['id', (session) => session.id],
];

/** guess: alphabetical, as users are, and without the store's own id. */
const XML_SESSION: SessionView = JSON_SESSION.filter(([name]) => name !== '_id').sort(([a], [b]) => (a < b ? -1 : 1));

const TAKEN = 'has already been taken';
const TOO_SHORT = 'is too short (minimum is {limit} characters)';
const BAD_CHARACTERS = 'should contain alphanumeric and punctuation characters only';

/** doc: "Status: 200, null" for JSON; the other calls answer one blank (log). */
const NULL_BODIES: ReadonlySet<OperationName> = new Set<OperationName>([
  'users.destroy',
  'users.external.destroy',
  'users.password_reset',
]);

/** Fields that only the successor's documents have. */
const LATER_FIELDS = ['external_id', 'timezone', 'avatar'] as const;
const LATER_PARAMS = LATER_FIELDS.map((field) => `user[${field}]`);

export const quickblox: Dialect = {
  name: 'quickblox',
  // doc of the auth page: the id and key of its signature examples; the owner of the users page's examples
  application: { id: 22, auth_key: 'wJHd4cQSxpQGWx5', auth_secret: 'users-emulator-secret', owner_id: 4360 },
  rules: {
    v1: { fields: V1_FIELDS, orderFields: V1_FIELDS, numberAsStringFindsNothing: false }, // sdk: types lie
    lengths: {
      login: { min: 3, max: 50 }, // sdk: samples
      email: { min: 0, max: 255 }, // guess
      password: { min: 4, max: 40 }, // doc: `Lena`; sdk: samples
      full_name: { min: 0, max: 255 }, // guess
    },
    patterns: {
      login: /^[A-Za-z0-9@._+-]+$/, // sdk: samples
      password: /^[\x20-\x7e]+$/, // log: the text of its error; doc: its trailing blanks count
    },
    sessionParams: ['application_id', 'auth_key', 'nonce', 'timestamp'], // doc of the auth page
    token: { alphabet: HEX, length: 40 }, // log
    sessionIdIsUserId: false, // log
    signUpIsRequest: true, // doc: equal to created_at
    tagsMatch: 'all', // log
    noneFound: 'error', // log: by_tags; guess: by_full_name, by phone
    emptyPerPageZero: false, // guess: only the successor's log has that
    phoneLookup: 'page', // guess: the result's type is unknown
    userParamsRequired: false, // guess: as a sign-up without fields
    missingFields: new Set(LATER_FIELDS),
    guests: false, // guess: only the successor's pages have them
    providers: {
      facebook: ['keys[token]'],
      twitter: ['keys[token]', 'keys[secret]'],
      twitter_digits: ['twitter_digits[X-Auth-Service-Provider]', 'twitter_digits[X-Verify-Credentials-Authorization]'],
      firebase_phone: ['firebase_phone[project_id]', 'firebase_phone[access_token]'],
    },
  },
  settings: {
    disable_list_users_v1: false, // doc: a list without any ado
    allow_list_users: true, // the same
    create_user_on_session: false, // log: 401
    reset_password_by_email: true, // doc: it works
    password_min_length: 4, // doc: `Lena`; later logs say 8
    session_ttl: 7200, // log
    require_signature: true, // doc of the auth page
    check_nonce: false, // sdk: nonces of 0 to 9999 within one second collide in fast tests
    rate_limit: 'off',
  },
  missingOperations: new Set(['users.list_v2']),
  documents: {
    deprecates: false,
    missing: {
      'session.create': ['user[guest]', 'user[full_name]', 'firebase_email'],
      login: ['firebase_email'],
      'users.create': LATER_PARAMS,
      'users.update': LATER_PARAMS,
      'users.by_phone': 'all',
    },
    deprecatedParams: ['token'], // doc of the auth page: "insecure, deprecated"
    filterDates: undefined,
  },
  formats: {
    json: { user: JSON_VIEW, userOf: { 'users.show': SHOW_VIEW }, session: JSON_SESSION },
    xml: { user: XML_VIEW, session: XML_SESSION },
  },
  request: {
    token: 'qb-token',
    authKey: undefined,
    identifyingHeaders: ['qb-token', 'qb-sdk', 'qb-os', 'qb-account-key', 'quickblox-rest-api-version'],
  },
  errors: {
    token_required: defineError(403, 'list', 'Token is required', "log: shape; guess: status, the successor's"),
    too_short: defineError(422, 'field', TOO_SHORT, 'log: of a password'),
    bad_characters: defineError(422, 'field', BAD_CHARACTERS, 'log: of a password'),
    not_owner: defineError(403, 'base', 'You are not owner of this object', 'log: text; guess: status'),
    param_required: defineError(422, 'field', 'is required', 'log: of the signature; guess: of the others'),
    application_unknown: defineError(422, 'base', 'No application found', 'log: 44 bytes'),
    auth_key_unknown: defineError(422, 'base', 'No application found', 'guess: as for an unknown application'),
    bad_timestamp: defineError(422, 'base', 'Bad timestamp', 'log: 37 bytes'),
    unexpected_signature: defineError(422, 'base', 'Unexpected signature', 'log'),
    wrong_password: defineError(401, 'list', 'Unauthorized', 'log: 27 bytes'),
    login_unknown: defineError(401, 'list', 'Unauthorized', 'log: the same as for a wrong password'),
    credentials_missing: defineError(
      422,
      'base',
      'Login or email required',
      'log: of the sign-up, and 47 bytes of a login',
    ),
    bad_authentication_data: defineError(422, 'list', 'Bad Authentication data', 'log: 38 bytes'),
    provider_unknown: defineError(422, 'list', 'Bad Authentication data', 'guess: wording'),
    user_not_found: defineError(404, 'message', "Couldn't find user", 'log: 44 bytes'),
    no_users_found: defineError(404, 'message', "Couldn't find user", 'log: by_tags without a match'),
    password_missing: defineError(422, 'field', [BAD_CHARACTERS, TOO_SHORT], 'log: both texts'),
    signup_credentials_missing: defineError(422, 'base', 'Login or email required', 'log'),
    taken: defineError(422, 'field', TAKEN, 'log: 47 bytes for login'),
    bad_email: defineError(422, 'field', 'should look like an email address', 'guess: wording'),
    too_many_tags: defineError(
      422,
      'field',
      'is too long (maximum is {limit} tags)',
      'doc: the rule; guess: the wording',
    ),
    old_password_missing: defineError(422, 'field', 'is required', 'doc: the rule; guess: the wording'),
    old_password_wrong: defineError(422, 'field', 'is invalid', 'guess: wording'),
    list_disabled: defineError(
      403,
      'list',
      'Users retrieving forbidden in admin panel, application settings. Setup it here https://admin.quickblox.com/apps/{application}/settings',
      'log: text and status',
    ),
    route_unknown: defineError(404, 'message', 'Resource not found', 'guess: wording'),
    malformed_body: defineError(400, 'message', '{reason}', "log: exceptions' texts have this shape"),
    malformed_url: defineError(400, 'message', 'Malformed URL', 'guess: as of a body'),
    body_too_large: defineError(413, 'message', 'Request body is larger than {limit} bytes', 'guess: as of a body'),
    unsupported_body: defineError(415, 'message', 'Unsupported request body: {reason}', 'guess: as of a body'),
    too_many_requests: defineError(429, 'list', 'Too Many Requests', 'doc: the status; guess: the shape'),
  },
  sessionHasUser: false,
  entityTags: true, // log: tags and 304
  emptyBody: (operation, format) => (format === 'xml' ? '' : NULL_BODIES.has(operation) ? 'null' : ' '),
  // log: these on every answer; sdk: Expose-Headers, without which browsers hide the others
  headers({ operation, status, method, expiry }) {
    const headers: Record<string, string> = {
      Status: `${status} ${STATUS_CODES[status]}`,
      'QuickBlox-REST-API-Version': '0.1.1',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'QB-Token-ExpirationDate, Date, Status',
      'Cache-Control': method === 'GET' && status < 400 ? 'max-age=0, private, must-revalidate' : 'no-cache',
    };
    if (status === 401) headers['WWW-Authenticate'] = 'OAuth realm=users';
    // log: it lags by one request, but for a new session
    if (expiry)
      headers['QB-Token-ExpirationDate'] = expirationDate(
        operation === 'session.create' ? expiry.after : expiry.before,
      );
    return headers;
  },
};
