import type { FieldType } from '../query/condition.ts';
import type { QueryFields } from '../query/select.ts';

/** A user as the store keeps it. Records are never changed in place: a change is a new record. */
export interface User {
  readonly id: number;
  readonly login: string | null;
  readonly email: string | null;
  readonly full_name: string | null;
  readonly phone: string | null;
  readonly website: string | null;
  readonly custom_data: string | null;
  readonly avatar: string | null;
  readonly blob_id: number | null;
  readonly external_user_id: number | null;
  readonly external_id: string | null;
  readonly facebook_id: string | null;
  readonly twitter_id: string | null;
  readonly timezone: number | null;
  readonly user_tags: readonly string[] | null;
  /** `YYYY-MM-DDThh:mm:ssZ`, so that comparing texts compares times. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_request_at: string | null;
  readonly password_hash: string | null;
  /** Guests only: the time (ms) at which they cease to exist. */
  readonly guest_until: number | null;
}

export type UserField = Exclude<keyof User, 'password_hash' | 'guest_until'>;

interface FieldFacts {
  readonly type: FieldType;
  /** No two users of an application may share a value. */
  readonly unique?: true;
  /** How V2 may use the field: stand-alone, additional, or both. */
  readonly v2?: 'stand-alone' | 'additional' | 'both';
  /** How values are compared: the stored text stays as it was given. */
  readonly fold?: (value: string) => string;
  /** Set by the system, never by a request. */
  readonly system?: true;
}

/** guess: addresses are compared as mail systems do, without case. */
const lower = (value: string) => value.toLowerCase();

/**
 * What is true of each user field, whoever asks: types, uniqueness and V2 roles (doc: tables of the Users API documents;
 * uniqueness doc: the legacy page's sign-up). Filters, indexes, validation and fixtures derive from it.
 */
export const USER_FIELDS: Readonly<Record<UserField, FieldFacts>> = {
  id: { type: 'integer', v2: 'stand-alone', system: true },
  login: { type: 'string', unique: true, v2: 'stand-alone' }, // guess: in the case that it was given
  email: { type: 'string', unique: true, v2: 'stand-alone', fold: lower },
  full_name: { type: 'string', v2: 'stand-alone' },
  phone: { type: 'string', v2: 'stand-alone' },
  website: { type: 'string' },
  custom_data: { type: 'string' },
  avatar: { type: 'string' },
  blob_id: { type: 'integer' },
  external_user_id: { type: 'integer', unique: true },
  external_id: { type: 'string', unique: true, v2: 'stand-alone' },
  facebook_id: { type: 'string', unique: true, v2: 'stand-alone' },
  twitter_id: { type: 'string', unique: true, v2: 'stand-alone' },
  timezone: { type: 'integer' },
  user_tags: { type: 'tags', v2: 'both' },
  created_at: { type: 'date', v2: 'additional', system: true },
  updated_at: { type: 'date', v2: 'additional', system: true },
  last_request_at: { type: 'date', v2: 'additional', system: true },
};

export const USER_FIELD_NAMES = Object.keys(USER_FIELDS) as UserField[];
export const UNIQUE_FIELDS = USER_FIELD_NAMES.filter((field) => USER_FIELDS[field].unique);

/** The fields that can be found without a scan: every unique one and every stand-alone one of V2 (but the key itself). */
export const INDEXED_FIELDS = USER_FIELD_NAMES.filter(
  (field) => field !== 'id' && (USER_FIELDS[field].unique || (USER_FIELDS[field].v2 ?? 'additional') !== 'additional'),
);

/** What queries may use of users. */
export const USER_QUERY_FIELDS = Object.fromEntries(
  USER_FIELD_NAMES.map((name) => [
    name,
    { ...USER_FIELDS[name], indexed: name === 'id' || INDEXED_FIELDS.includes(name) },
  ]),
) as QueryFields & typeof USER_FIELDS;

/** A user with nothing in it, and the order of a record's fields. */
export const EMPTY_USER: Omit<User, 'id' | 'created_at' | 'updated_at'> = {
  login: null,
  email: null,
  full_name: null,
  phone: null,
  website: null,
  custom_data: null,
  avatar: null,
  blob_id: null,
  external_user_id: null,
  external_id: null,
  facebook_id: null,
  twitter_id: null,
  timezone: null,
  user_tags: null,
  last_request_at: null,
  password_hash: null,
  guest_until: null,
};

/** The most tags a user may have. doc: by_tags, "The maximum number of tags per user: 5". */
export const MAX_TAGS = 5;

/** A session; `token` is its key. Times are ms. */
export interface Session {
  readonly token: string;
  readonly id: number;
  readonly application_id: number;
  readonly user_id: number | null;
  readonly nonce: number | string | null;
  readonly ts: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
}

/** An application: who may call, and the settings that differ from its dialect's defaults. */
export interface Application {
  readonly id: number;
  readonly dialect: string;
  readonly auth_key: string;
  readonly auth_secret: string | null;
  /** The account that owns the application's users; printed where the dialect has `owner_id`. */
  readonly owner_id: number | null;
  readonly next_user_id: number;
  readonly settings: Readonly<Partial<Settings>>;
}

/** The admin settings of an application; what each does is told in `api/settings.ts`. */
export interface Settings {
  disable_list_users_v1: boolean;
  allow_list_users: boolean;
  create_user_on_session: boolean;
  reset_password_by_email: boolean;
  password_min_length: number;
  session_ttl: number;
  require_signature: boolean;
  check_nonce: boolean;
  rate_limit: string;
}

/** A mail that the service would have sent. */
export interface Mail {
  readonly id: string;
  readonly type: 'password_reset';
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly link: string;
  readonly created_at: string;
  readonly application_id: number;
  readonly user_id: number;
  /** The secret in the link, and until when (ms) it opens the page. */
  readonly reset_token: string;
  readonly used: boolean;
  readonly expires_at: number;
}
