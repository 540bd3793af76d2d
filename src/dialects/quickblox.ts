import { STATUS_CODES } from 'node:http';
import { UNIQUE_FIELDS } from '../model/fields.ts';
import { MAX_PASSWORD_LENGTH } from '../model/passwords.ts';
import { isoSeconds } from '../support/dates.ts';
import { HEX } from '../support/random.ts';
import { type Dialect, expirationDate, field, type SessionView, type UserView } from './dialect.ts';
import { QUICKBLOX_ERRORS } from './quickblox-errors.ts';

const OWNER: UserView[number] = ['owner_id', (_, owner_id) => owner_id];
/** doc: legacy-users/user-sign-up, joined by comma and blank. */
const TAGS: UserView[number] = ['user_tags', (user) => user.user_tags?.join(', ') ?? null];

/** doc: legacy-users, the keys and their order in the JSON examples. */
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

/** doc: legacy-users/show-api-user-by-identifier has `custom_data` before `blob_id`, unlike all other examples. */
const SHOW_VIEW: UserView = [...JSON_VIEW.slice(0, 13), field('custom_data'), field('blob_id'), TAGS];

/** doc: legacy-users, the elements in the XML examples: in alphabetical order except the last two. */
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

/** doc: legacy-users/retrieve-all-users-for-current-account, the column "Allowed fields" of filters and sort. */
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

/** log: the Ruby client's recorded answers of 2016, keys and order. */
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

/** sdk: a C# client reads `session/token`. guess: alphabetical, as users are, and without the database's own id. */
const XML_SESSION: SessionView = JSON_SESSION.filter(([name]) => name !== '_id').sort(([a], [b]) => (a < b ? -1 : 1));

/** Fields that only the successor has. */
const LATER_FIELDS = ['external_id', 'timezone', 'avatar'] as const;
const LATER_PARAMS = LATER_FIELDS.map((field) => `user[${field}]`);

export const quickblox: Dialect = {
  name: 'quickblox',
  // doc: legacy-auth, the id and key in the examples of signatures; legacy-users, the owner in the examples
  application: { id: 22, auth_key: 'wJHd4cQSxpQGWx5', auth_secret: 'users-emulator-secret', owner_id: 4360 },
  // sdk: JS, the defaults of `endpoints`
  hosts: { api: ['api.quickblox.com'], chat: ['chat.quickblox.com'], domains: ['quickblox.com'] },
  rules: {
    v1: {
      fields: V1_FIELDS,
      orderFields: V1_FIELDS,
      numberAsStringFindsNothing: false, // sdk: JS sends wrong types
      // sdk: the search of the JS, React Native and Flutter samples. Android and iOS look up users by one login, email or phone with
      // `in`, and applications take the first that is found, or sign up if there is none
      partlyMatched: new Set(['full_name']),
    },
    lengths: {
      login: { min: 3, max: 50 }, // sdk: the samples' own checks
      email: { min: 0, max: 255 }, // sdk: q-municate-web, its README of 2015
      password: { min: 4, max: MAX_PASSWORD_LENGTH }, // doc: legacy-users/user-sign-up, the password `Lena`; sdk: the samples' own checks
      full_name: { min: 3, max: 200 }, // sdk: q-municate-android's own checks, from 2018
    },
    patterns: {
      login: /^[A-Za-z0-9@._+-]+$/, // sdk: the samples' own checks
      external_user_id: /^-?\d{1,10}$/, // log: javascript-sdk#23
      password: /^[\x20-\x7e]+$/, // log: the text of its error; doc: legacy-users/user-sign-up, its trailing blanks count
    },
    sessionParams: ['application_id', 'auth_key', 'nonce', 'timestamp'], // doc: legacy-auth
    token: { alphabet: HEX, length: 40 }, // log: the Ruby client's recorded answers of 2016
    sessionIdIsUserId: false, // log: the Ruby client's recorded answers of 2016
    signUpIsRequest: true, // doc: legacy-users/user-sign-up, equal to created_at
    uniqueFields: UNIQUE_FIELDS, // log: the Ruby client's tests, the order of errors
    tagsMatch: 'all', // log: android-sdk#38, 2016
    noneFound: 'error', // log: ios-sdk#1065, by_tags; log: ios-sdk#308, 2016, by_full_name; guess: by_phone
    phoneLookup: 'page', // guess: unrecorded
    userParamsRequired: false, // guess: the same as an empty object
    missingFields: new Set(LATER_FIELDS),
    guests: false, // guess: only the successor's pages mention them
    // guess: the usual words of Rails applications
    resetMail: {
      subject: 'Reset password instructions',
      paragraphs: [
        'Hello {name},',
        'Someone has requested a link to change your password. You can do this through the link below:',
        '{link}',
        "If you didn't request this, please ignore this email. Your password won't change until you access the link above and create a new one.",
      ],
      linkText: 'Change my password',
      tokenLength: 40,
    },
    providers: {
      facebook: ['keys[token]'],
      twitter: ['keys[token]', 'keys[secret]'],
      twitter_digits: ['twitter_digits[X-Auth-Service-Provider]', 'twitter_digits[X-Verify-Credentials-Authorization]'],
      firebase_phone: ['firebase_phone[project_id]', 'firebase_phone[access_token]'],
    },
  },
  settings: {
    disable_list_users_v1: false, // doc: legacy-users/retrieve-all-users-for-current-account answers without more ado
    allow_list_users: true, // doc: legacy-users/retrieve-all-users-for-current-account
    allow_online_users: true, // guess: so that applications get an answer
    create_user_on_session: false, // log: android-sdk#59, 401
    reset_password_by_email: true, // doc: legacy-users/reset-api-user-password-by-e-mail
    password_min_length: 4, // doc: legacy-users/user-sign-up, the password `Lena`; log: 8 in later years
    session_ttl: 7200, // log: two hours
    require_signature: true, // doc: legacy-auth
    check_nonce: false, // sdk: JS sends nonces from 0 to 9999, which collide in fast tests
    disable_lookups_v1: false, // doc: legacy-users, the examples of the look-ups answer
    check_blob_id: false, // own: the emulator has no blobs
    unique_phone: false, // doc: legacy-users/user-sign-up lists other fields
    null_bodies: true, // doc: legacy-users/delete-api-user-by-identifier, "Status: 200, null"
    providers: 'all', // own: tests need no set-up
    account_owner: 'none', // own: tests need no set-up
    api_key: 'none', // own: tests need no set-up
    rate_limit: 'off', // own: tests need no set-up
  },
  missingOperations: new Set(['users.list_v2', 'users.online']), // doc: legacy-users has neither
  documents: {
    deprecates: false,
    missing: {
      'session.create': ['user[guest]', 'user[full_name]', 'firebase_email'],
      login: ['firebase_email'],
      'users.create': LATER_PARAMS,
      'users.update': LATER_PARAMS,
      'users.by_phone': 'all',
    },
    deprecatedParams: ['token'], // doc: legacy-auth, "insecure, deprecated"
    filterDates: undefined,
    minLengths: { 'users.by_full_name': { full_name: 3 } }, // doc: later-users, at least 3 characters
  },
  formats: {
    json: { user: JSON_VIEW, userOf: { 'users.show': SHOW_VIEW }, session: JSON_SESSION },
    xml: { user: XML_VIEW, session: XML_SESSION },
  },
  request: {
    token: 'qb-token',
    authKey: undefined,
    apiKeys: true, // doc: later-auth, from 2023
    identifyingHeaders: ['qb-token', 'qb-sdk', 'qb-os', 'qb-account-key', 'quickblox-rest-api-version'],
  },
  accountKey: 'users-emulator-account', // sdk: JS from 2.13, Android, iOS
  errors: QUICKBLOX_ERRORS,
  sessionHasUser: false, // log: the Ruby client's recorded answers of 2016
  entityTags: true, // log: android-sdk#38, tags and 304
  emptyBody: { json: ' ', xml: '' }, // log: one blank; doc: legacy-users/delete-api-user-by-identifier, no body in XML
  // log: on every answer, except Expose-Headers. sdk: browsers hide the others without that one
  headers({ operation, status, method, expiry }) {
    const headers: Record<string, string> = {
      Status: `${status} ${STATUS_CODES[status]}`,
      'QuickBlox-REST-API-Version': '0.1.1',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'QB-Token-ExpirationDate, Date, Status',
      'Cache-Control': method === 'GET' && status < 400 ? 'max-age=0, private, must-revalidate' : 'no-cache',
    };
    if (status === 401) headers['WWW-Authenticate'] = 'OAuth realm=users';
    // log: it lags behind by one request, except for a new session
    if (expiry)
      headers['QB-Token-ExpirationDate'] = expirationDate(
        operation === 'session.create' ? expiry.after : expiry.before,
      );
    return headers;
  },
};
