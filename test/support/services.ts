import people from './people.json' with { type: 'json' };

/** The data that a suite for both services needs of each: names, headers and expected differences. */
export interface Service {
  readonly name: string;
  readonly app: { readonly id: number; readonly auth_key: string; readonly auth_secret: string };
  /** Headers that the service's clients send with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tokenHeader: string;
  readonly expiryHeader: string;
  /** The form of tokens. */
  readonly token: RegExp;
  /** A session needs a nonce, a timestamp and a signature. */
  readonly signed: boolean;
  /** `user_id` in a session of the application. */
  readonly nobody: null | 0;
  /** The keys of a user, in order; `userKeysOf` by operation where they differ. */
  readonly userKeys: readonly string[];
  readonly userKeysOf: Readonly<Record<string, readonly string[]>>;
  /** The fields whose values are unique among users. */
  readonly unique: readonly string[];
  /** The separator of tags. */
  readonly tags: string;
  /** Bodies of empty answers: `users` of deleted users and password resets, `sessions` of all others. */
  readonly blank: { readonly users: string; readonly sessions: string };
}

type Fields = Readonly<Record<string, string | number | null | undefined>> & { readonly id: number };
export type Name = 'anna' | 'ben' | 'cleo' | 'dora';

const app = (index: number) => {
  const { id, auth_key, auth_secret } = people.applications[index]!;
  return { id, auth_key, auth_secret };
};

/** doc: the examples' keys. */
const CUBE_KEYS =
  'id full_name email login phone website created_at updated_at last_request_at external_user_id external_id facebook_id twitter_id blob_id custom_data avatar user_tags timezone'.split(
    ' ',
  );
const BLOX_KEYS =
  'id owner_id full_name email login phone website created_at updated_at last_request_at external_user_id facebook_id twitter_id blob_id custom_data user_tags'.split(
    ' ',
  );
const BLOX_SHOW_KEYS =
  'id owner_id full_name email login phone website created_at updated_at last_request_at external_user_id facebook_id twitter_id custom_data blob_id user_tags'.split(
    ' ',
  );
const SHORT_CUBE_KEYS = CUBE_KEYS.filter((key) => key !== 'external_id');
/** doc: these examples have no `external_id`; the look-up by phone, which has no example, is assumed to be alike. */
const SHORT = [
  'users.show',
  'users.by_login',
  'users.by_full_name',
  'users.by_facebook_id',
  'users.by_twitter_id',
  'users.by_email',
  'users.by_tags',
  'users.by_phone',
  'users.external.show',
  'users.update',
];

export const CUBE: Service = {
  name: 'connectycube',
  app: app(0),
  headers: { 'CB-SDK': 'JS 6.1.2 - Client' },
  tokenHeader: 'CB-Token',
  expiryHeader: 'CB-Token-ExpirationDate',
  token: /^[0-9A-F]{36}$/,
  signed: false,
  nobody: null,
  userKeys: CUBE_KEYS,
  unique: ['login', 'email', 'external_user_id', 'external_id', 'facebook_id', 'twitter_id'],
  userKeysOf: Object.fromEntries(SHORT.map((operation) => [operation, SHORT_CUBE_KEYS])),
  tags: ',',
  blank: { users: '', sessions: '' },
};

export const BLOX: Service = {
  name: 'quickblox',
  app: app(1),
  headers: { 'QuickBlox-REST-API-Version': '0.1.0' },
  tokenHeader: 'QB-Token',
  expiryHeader: 'QB-Token-ExpirationDate',
  token: /^[0-9a-f]{40}$/,
  signed: true,
  nobody: 0,
  userKeys: BLOX_KEYS,
  unique: ['login', 'email', 'external_user_id', 'facebook_id', 'twitter_id'], // doc: the sign-up's list
  userKeysOf: { 'users.show': BLOX_SHOW_KEYS },
  tags: ', ',
  blank: { users: 'null', sessions: ' ' },
};

export const SERVICES: readonly Service[] = [CUBE, BLOX];

const LOGINS: readonly Name[] = ['anna', 'ben', 'cleo', 'dora'];

/** One of the people in both applications of `people.json`, with other ids in each. */
export function person(service: Service, name: Name): Fields {
  const { users } = people.applications.find(({ id }) => id === service.app.id)!;
  return users[LOGINS.indexOf(name)] as Fields;
}

/** A user as the service prints it: the given fields, null for all others. */
export function shown(service: Service, operation: string, fields: Fields): Record<string, unknown> {
  const keys = service.userKeysOf[operation] ?? service.userKeys;
  const owner_id = people.applications.find(({ id }) => id === service.app.id)!.owner_id ?? null;
  const tags = typeof fields.user_tags === 'string' ? fields.user_tags.split(',').join(service.tags) : null;
  const record: Record<string, unknown> = { ...fields, owner_id, user_tags: tags };
  return Object.fromEntries(keys.map((key) => [key, record[key] ?? null]));
}
