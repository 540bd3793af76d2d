import { ApiError, type ErrorKey, fail, type Problem } from '../model/errors.ts';
import { MAX_TAGS, USER_FIELDS } from '../model/fields.ts';
import type { User, UserField } from '../model/records.ts';
import { readTags } from '../model/tags.ts';
import { countCharacters, isObject, nonEmptyText } from '../support/values.ts';
import type { Context, Params } from './context.ts';

/** The fields of a user that a request may set. */
export type UserChanges = { -readonly [F in UserField]?: User[F] };

/** What a sign-up or an update asks for, checked. */
export interface UserInput {
  readonly changes: UserChanges;
  readonly password: string | undefined;
  readonly old_password: string | undefined;
}

interface InputRow {
  /** The name inside `user[…]`. */
  readonly param: string;
  readonly field: UserField | 'password';
  /** log: an empty value is kept as it is. Else it means that there is none. */
  readonly keepsBlank?: true;
  readonly normalize?: (value: string) => string;
  readonly check?: { readonly key: ErrorKey; readonly pattern: RegExp };
}

/** One @ with something on both sides and no blanks: enough to catch what isn't meant as an address. */
const EMAIL = { key: 'bad_email', pattern: /^[^\s@]+@[^\s@]+$/ } as const;

/** doc: `pavalli.com.au` becomes `http://pavalli.com.au`; guess: the ancestor's does, too. */
const withScheme = (value: string) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);

/** doc: the parameters of sign-up and update, in the order in which they are checked. Lengths and characters: the dialect's. */
const USER_INPUTS: readonly InputRow[] = [
  { param: 'login', field: 'login' },
  { param: 'email', field: 'email', check: EMAIL },
  { param: 'password', field: 'password' },
  { param: 'external_user_id', field: 'external_user_id' },
  { param: 'external_id', field: 'external_id' },
  { param: 'facebook_id', field: 'facebook_id' },
  { param: 'twitter_id', field: 'twitter_id' },
  { param: 'full_name', field: 'full_name' },
  { param: 'phone', field: 'phone' },
  { param: 'website', field: 'website', normalize: withScheme },
  { param: 'custom_data', field: 'custom_data', keepsBlank: true },
  { param: 'timezone', field: 'timezone' },
  { param: 'tag_list', field: 'user_tags' },
  { param: 'avatar', field: 'avatar', keepsBlank: true },
  { param: 'blob_id', field: 'blob_id' },
];

const PASSWORD = USER_INPUTS.find(({ field }) => field === 'password')!;

/** What is wrong with a new password; nothing: it may be used. */
export function passwordProblems(password: string, context: Context): Problem[] {
  return [...checkText(PASSWORD, password, context)];
}

/** The names inside `user[…]` that a sign-up and an update know. */
export const USER_PARAMS: readonly string[] = USER_INPUTS.map(({ param }) => param);

/** What JavaScript makes of an absent value when it builds a form (sdk: `user[blob_id]=null`). */
const ABSENT_NUMBERS = new Set(['', 'null', 'undefined']);

/** Reads and checks the parameters of a sign-up. @throws ApiError with every problem found */
export function readSignUp(params: Params, context: Context): UserInput {
  return readUserInput(params, context, true);
}

/** Reads and checks the parameters of an update: only what is sent changes. @throws ApiError with every problem found */
export function readUpdate(params: Params, context: Context): UserInput {
  return readUserInput(params, context, false);
}

function readUserInput(params: Params, context: Context, signUp: boolean): UserInput {
  const given = isObject(params.user)
    ? params.user
    : context.rules.userParamsRequired
      ? fail('user_params_missing')
      : {};
  const problems: Problem[] = [];
  const changes: Record<string, unknown> = {};
  let password: string | undefined;
  for (const row of USER_INPUTS) {
    if (context.rules.missingFields.has(row.field)) continue;
    const sound = problems.length;
    const value = Object.hasOwn(given, row.param) ? readValue(row, given[row.param], problems) : undefined;
    if (typeof value === 'string' && value !== '') problems.push(...checkText(row, value, context));
    if (row.field === 'password') {
      password = (value as string | null | undefined) || undefined;
      if (signUp && password === undefined && problems.length === sound)
        problem('password_missing', row, problems, context.settings.password_min_length);
    } else if (value !== undefined) changes[row.field] = value;
  }
  if (signUp && problems.every(({ params }) => params.field !== 'login' && params.field !== 'email')) {
    if (!changes.login && !changes.email) problems.push({ key: 'signup_credentials_missing', params: {} });
  }
  if (problems.length > 0) throw new ApiError(problems);
  // sdk: Dart sends `oldPassword`
  return { changes, password, old_password: nonEmptyText(given.old_password) ?? nonEmptyText(given.oldPassword) };
}

/** A value as the field stores it; problems with it are added to the list. */
function readValue(row: InputRow, given: unknown, problems: Problem[]): unknown {
  if (row.field === 'user_tags') return readTagList(row, given, problems);
  if (given === null || given === undefined) return null;
  // a number in JSON that is too long has lost digits by now: better an error than another user's id
  const inexact = Number.isInteger(given) && !Number.isSafeInteger(given);
  if (typeof given === 'object' || inexact) return problem('not_a_text', row, problems);
  if (row.field === 'password') return String(given);
  // doc: trailing whitespace is trimmed, except the password's
  const trimmed = String(given).trimEnd();
  if (USER_FIELDS[row.field].type === 'integer') {
    if (ABSENT_NUMBERS.has(trimmed)) return null;
    const number = /^-?\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN;
    return Number.isSafeInteger(number) ? number : problem('not_a_number', row, problems);
  }
  if (trimmed === '' && !row.keepsBlank) return null;
  return row.normalize ? row.normalize(trimmed) : trimmed;
}

function readTagList(row: InputRow, given: unknown, problems: Problem[]): readonly string[] | null {
  const texts = Array.isArray(given) ? given : [given];
  if (texts.some((each) => typeof each === 'object' && each !== null)) return problem('not_a_text', row, problems);
  const tags = readTags(given);
  if (tags.length > MAX_TAGS) return problem('too_many_tags', row, problems, MAX_TAGS);
  return tags.length > 0 ? tags : null;
}

function* checkText(row: InputRow, value: string, { rules, settings }: Context): Iterable<Problem> {
  const pattern = rules.patterns[row.field];
  if (pattern && !pattern.test(value)) yield { key: 'bad_characters', params: { field: row.param } };
  if (row.check && !row.check.pattern.test(value)) yield { key: row.check.key, params: { field: row.param } };
  const length = rules.lengths[row.field];
  if (!length) return;
  const min = row.field === 'password' ? settings.password_min_length : length.min;
  const characters = countCharacters(value);
  if (characters < min) yield { key: 'too_short', params: { field: row.param, limit: min } };
  if (characters > length.max) yield { key: 'too_long', params: { field: row.param, limit: length.max } };
}

function problem(key: ErrorKey, row: InputRow, problems: Problem[], limit = 0): null {
  problems.push({ key, params: { field: row.param, limit } });
  return null;
}
