import { keysOf } from '../support/values.ts';
import type { User, UserField } from './records.ts';

/** How a field's values are stored and compared. Dates are `YYYY-MM-DDThh:mm:ssZ`; tags are lists of strings. */
export type FieldType = 'integer' | 'string' | 'date' | 'tags';

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

export const USER_FIELD_NAMES = keysOf(USER_FIELDS);

export function isUserField(name: string): name is UserField {
  return Object.hasOwn(USER_FIELDS, name);
}

export const UNIQUE_FIELDS = USER_FIELD_NAMES.filter((field) => USER_FIELDS[field].unique);

/** The fields that can be found without a scan: every unique one and every stand-alone one of V2 (but the key itself). */
export const INDEXED_FIELDS = USER_FIELD_NAMES.filter(
  (field) => field !== 'id' && (USER_FIELDS[field].unique || (USER_FIELDS[field].v2 ?? 'additional') !== 'additional'),
);

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
