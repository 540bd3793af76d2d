import { defineError } from '../model/error-catalogue.ts';
import { doc, log } from '../model/evidence.ts';
import { UNIQUE_FIELDS } from '../model/fields.ts';
import { MAX_PASSWORD_LENGTH } from '../model/passwords.ts';
import { UPPER_HEX } from '../support/random.ts';
import { type Dialect, expirationDate, field, type UserView } from './dialect.ts';

/** doc: users, the keys and their order in the examples of sign-up and lists. */
const LISTED: UserView = [
  field('id'),
  field('full_name'),
  field('email'),
  field('login'),
  field('phone'),
  field('website'),
  field('created_at'),
  field('updated_at'),
  field('last_request_at'),
  field('external_user_id'),
  field('external_id'),
  field('facebook_id'),
  field('twitter_id'),
  field('blob_id'),
  field('custom_data'),
  field('avatar'),
  ['user_tags', (user) => user.user_tags?.join(',') ?? null],
  field('timezone'),
  // doc: auth, guests only; undefined leaves the key out
  ['is_guest', (user) => (user.guest_until === null ? undefined : true)],
];

/** doc: users, the examples of the deprecated look-ups and the update have no `external_id`. */
const SHOWN: UserView = LISTED.filter(([name]) => name !== 'external_id');

/** log: flutter-samples#93, sessions have milliseconds. */
const milliseconds = (ms: number) => new Date(ms).toISOString();

/** doc: users/retrieve-users-v1, sorted "by any of the field". */
const V1_ORDER_FIELDS = new Set(LISTED.map(([name]) => name).filter((name) => name !== 'is_guest'));

/** doc: users/retrieve-users-v1, "all fields (exclude 'custom_data') are allowed to be used as a filter". */
const V1_FIELDS = new Set([...V1_ORDER_FIELDS].filter((name) => name !== 'custom_data'));

export const connectycube: Dialect = {
  name: 'connectycube',
  // doc: users/retrieve-users-v1, the id in the error's address; users/user-sign-up, the key in the example
  application: { id: 230, auth_key: '29WfrNWdvkhmX6V', auth_secret: 'users-emulator-secret', owner_id: null },
  // sdk: JS, the defaults of `endpoints`
  hosts: { api: ['api.connectycube.com'], chat: ['chat.connectycube.com'], domains: ['connectycube.com'] },
  rules: {
    // log: js-sdk-releases#80, the types of filters, and `per_page: 0`. sdk: Android 1 divides by `per_page`, so any other empty list
    // repeats it, as in android-messenger-app#59. guess: `in` compares whole values, as for other types
    v1: { fields: V1_FIELDS, orderFields: V1_ORDER_FIELDS, numberAsStringFindsNothing: true, partlyMatched: new Set() },
    lengths: {
      login: { min: 3, max: 70 }, // doc: faq
      email: { min: 0, max: 255 }, // guess: a common limit
      password: { min: 6, max: MAX_PASSWORD_LENGTH }, // sdk: the React sample's own checks
      full_name: { min: 1, max: 200 }, // sdk: the React sample's own checks
    },
    // guess: the phones of the documents and samples have no other characters
    patterns: { phone: /^[\d\s+().-]{3,30}$/ },
    sessionParams: ['application_id', 'auth_key'], // sdk: JS from 4 sends no others
    token: { alphabet: UPPER_HEX, length: 36 }, // log: flutter-samples#93
    sessionIdIsUserId: true, // log: flutter-samples#93
    signUpIsRequest: false, // doc: users/user-sign-up, null
    uniqueFields: ['email', ...UNIQUE_FIELDS.filter((name) => name !== 'email')], // sdk: clients whose email and login are taken read of the email first
    tagsMatch: 'any', // doc: users/retrieve-users-by-tags, "At least one specified tag must match"
    noneFound: 'empty', // guess: as the list
    phoneLookup: 'user', // sdk: JS and Dart read a user
    userParamsRequired: true, // guess: unrecorded
    missingFields: new Set(),
    guests: true, // doc: auth
    // doc: users/reset-user-password-by-email, the picture of the mail
    resetMail: {
      subject: 'ConnectyCube: password reset',
      paragraphs: ['Dear {name}!', 'Please, click the link below to reset your password:', '{link}'],
      linkText: undefined,
      tokenLength: 64,
    },
    // sdk: JS and Dart send these parameters; guess: that all of these providers are on offer
    providers: {
      facebook: ['keys[token]'],
      twitter: ['keys[token]'],
      firebase_phone: ['firebase_phone[access_token]', 'firebase_phone[project_id]'],
      firebase_email: ['firebase_email[access_token]', 'firebase_email[project_id]'],
    },
  },
  settings: {
    disable_list_users_v1: true, // doc: users/retrieve-users-v1, "To enable this deprecated API"
    allow_list_users: true, // doc: users/retrieve-users-v1, the examples
    allow_online_users: true, // guess: so that applications get an answer
    create_user_on_session: true, // doc: auth, the current default
    reset_password_by_email: true, // doc: users/reset-user-password-by-email
    password_min_length: 6, // sdk: the React sample's own checks
    session_ttl: 7200, // doc: auth, two hours
    require_signature: false, // sdk: JS from 4 sends none
    check_nonce: false, // sdk: JS sends nonces from 0 to 9999, which collide in fast tests
    disable_lookups_v1: false, // doc: users, the examples of the look-ups answer
    check_blob_id: false, // own: the emulator has no blobs
    unique_phone: false, // doc: legacy-users/user-sign-up lists other fields
    null_bodies: false, // doc: users/delete-user-by-identifier, no body
    providers: 'all', // own: tests need no set-up
    account_owner: 'none', // own: tests need no set-up
    api_key: 'none', // own: tests need no set-up
    rate_limit: 'off', // own: tests need no set-up
  },
  missingOperations: new Set(),
  documents: {
    deprecates: true,
    missing: {
      'session.create': ['twitter_digits'],
      login: ['twitter_digits'],
      'users.update': ['user[external_id]'],
      'users.by_phone': 'all',
      'users.online': 'all',
      account_settings: 'all',
    },
    deprecatedParams: ['user[external_user_id]', 'user[blob_id]'],
    filterDates: /^\d{4}([-.])\d{2}\1\d{2}$/, // doc: users/retrieve-users-v1, "date format must be yyyy-mm-dd or yyyy.mm.dd"
    minLengths: {},
  },
  formats: {
    json: {
      user: SHOWN,
      userOf: {
        'users.create': LISTED,
        'users.list': LISTED,
        'users.list_v2': LISTED,
        'users.online': LISTED,
        'session.create': LISTED,
        'session.show': LISTED,
        login: LISTED,
      },
      // log: flutter-samples#285, keys and order; a nonce only where one was sent
      session: [
        ['created_at', (session) => milliseconds(session.created_at)],
        ['updated_at', (session) => milliseconds(session.updated_at)],
        ['application_id', (session) => session.application_id],
        ['token', (session) => session.token],
        ['nonce', (session) => session.nonce ?? undefined],
        ['ts', (session) => session.ts],
        ['user_id', (session) => session.user_id],
        ['id', (session) => session.id],
      ],
    },
  },
  request: {
    token: 'cb-token',
    authKey: 'cb-authkey',
    apiKeys: false, // guess: its documents have none
    identifyingHeaders: ['cb-token', 'cb-authkey', 'cb-sdk', 'cb-account-key', 'connectycube-rest-api-version'],
  },
  accountKey: undefined, // sdk: Android and iOS alone ask for one, and only where no endpoint is set
  errors: {
    list_disabled: defineError(
      403,
      'base',
      'Users retrieving forbidden in admin panel, application settings. Setup it here https://admin.connectycube.com/apps/{application}/service/users/settings',
      {
        rule: [doc('users/retrieve-users-v1, the shape'), log('ios-sdk#382, the status, of the ancestor')],
        wording: doc('users/retrieve-users-v1'),
      },
    ),
  },
  sessionHasUser: true, // log: flutter-samples#285
  entityTags: false, // guess: no answer with one is recorded
  emptyBody: { json: '' }, // doc: users/delete-user-by-identifier, "Status: 200" and no more
  headers({ status, expiry }) {
    const headers: Record<string, string> = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'CB-Token-ExpirationDate, Date',
    };
    // log: flutter-samples#285, on ordinary answers, not on errors
    if (expiry && status < 400) headers['CB-Token-ExpirationDate'] = expirationDate(expiry.after);
    return headers;
  },
};
