import { keysOf } from '../support/values.ts';
import type { User, UserField } from './records.ts';

/** How a field's values are stored and compared. Dates are `YYYY-MM-DDThh:mm:ssZ`; tags are lists of strings. */
export type FieldType = 'integer' | 'string' | 'date' | 'tags';

interface FieldFacts {
  readonly type: FieldType;
  /** No two users of an application have the same value. */
  readonly unique?: true;
  /** How V2 queries may use the field: stand-alone, additional, or both. */
  readonly v2?: 'stand-alone' | 'additional' | 'both';
  /** Makes texts alike that compare as equal. The text itself is stored unchanged. */
  readonly fold?: (value: string) => string;
  /** Set by the system, never by a request. */
  readonly system?: true;
}

/** guess: addresses compare as in mail systems, without case. */
const lower = (value: string) => value.toLowerCase();

/**
 * The facts of each user field, the same for all services, in the order of a user's fields. Filters, indexes, validation and
 * fixtures derive from it. doc: users/users-model, types; users/retrieve-users-v2, the uses in V2; legacy-users/user-sign-up,
 * uniqueness.
 */
export const USER_FIELDS: Readonly<Record<UserField, FieldFacts>> = {
  id: { type: 'integer', v2: 'stand-alone', system: true },
  login: { type: 'string', unique: true, v2: 'stand-alone' }, // guess: case counts
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

export const USER_FIELD_NAMES: readonly UserField[] = keysOf(USER_FIELDS);

export function isUserField(name: string): name is UserField {
  return Object.hasOwn(USER_FIELDS, name);
}

export const UNIQUE_FIELDS = USER_FIELD_NAMES.filter((field) => USER_FIELDS[field].unique);

/** The fields that can be found without a scan: all unique ones and all stand-alone ones of V2, except the key itself. */
export const INDEXED_FIELDS = USER_FIELD_NAMES.filter(
  (field) => field !== 'id' && (USER_FIELDS[field].unique || (USER_FIELDS[field].v2 ?? 'additional') !== 'additional'),
);

type RequiredField = 'id' | 'created_at' | 'updated_at';
const isRequired = (field: UserField): field is RequiredField =>
  field === 'id' || field === 'created_at' || field === 'updated_at';

/** A user without any values. */
export const EMPTY_USER = {
  ...Object.fromEntries(USER_FIELD_NAMES.filter((field) => !isRequired(field)).map((field) => [field, null])),
  password_hash: null,
  guest_until: null,
} as Omit<User, RequiredField>;

/** The most tags that a user may have. doc: users/retrieve-users-by-tags, "The maximum number of tags per user: 5". */
export const MAX_TAGS = 5;
