import type { ErrorKey } from '../model/error-catalogue.ts';
import { ApiError, fail, type Problem } from '../model/errors.ts';
import { MAX_TAGS, USER_FIELDS } from '../model/fields.ts';
import type { User, UserField } from '../model/records.ts';
import { readTags } from '../model/tags.ts';
import { countCharacters, isObject, nonEmptyText, normalizePhone } from '../support/values.ts';
import type { ApplicationContext, Params } from './context.ts';

/** The fields of a user that a request may set. */
export type UserChanges = { -readonly [F in UserField]?: User[F] };

/** The contents of a sign-up, checked. */
export interface SignUpInput {
  readonly changes: UserChanges;
  readonly password: string;
}

/** The contents of an update, checked. */
export interface UpdateInput {
  readonly changes: UserChanges;
  readonly password: string | undefined;
  readonly old_password: string | undefined;
}

interface InputRow {
  readonly field: UserField | 'password';
  /** The name inside `user[…]`. */
  readonly param: string;
  /** log: an empty value is stored as it is. Elsewhere it means null. */
  readonly keepsBlank?: true;
  readonly normalize?: (value: string) => string;
  readonly check?: { readonly key: ErrorKey; readonly pattern: RegExp };
  /** The error of a value that doesn't match the service's own pattern, if it isn't `bad_characters`. */
  readonly mismatch?: ErrorKey;
}

const input = (field: InputRow['field'], more: Partial<InputRow> = {}): InputRow => ({ field, param: field, ...more });

/** One @ with something on both sides and no blanks: enough to catch values that aren't meant as addresses. */
const EMAIL = { key: 'bad_email', pattern: /^[^\s@]+@[^\s@]+$/ } as const;

/**
 * doc: users/update-user-by-identifier, `pavalli.com.au` becomes `http://pavalli.com.au`. guess: the ancestor does the same.
 */
const withScheme = (value: string) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);

const PASSWORD = input('password');

/**
 * The parameters of sign-up and update, in the order in which they are checked. doc: users/user-sign-up,
 * users/update-user-by-identifier. The dialects have their lengths and characters.
 */
const USER_INPUTS: readonly InputRow[] = [
  input('login'),
  input('email', { check: EMAIL }),
  PASSWORD,
  input('external_user_id', { mismatch: 'bad_external_user_id' }),
  input('external_id'),
  input('facebook_id'),
  input('twitter_id'),
  input('full_name'),
  input('phone', { normalize: normalizePhone, mismatch: 'bad_phone' }),
  input('website', { normalize: withScheme }),
  input('custom_data', { keepsBlank: true }),
  input('timezone'),
  input('user_tags', { param: 'tag_list' }),
  input('avatar', { keepsBlank: true }),
  input('blob_id'),
];

/** The names inside `user[…]` that a sign-up and an update know. */
export const USER_PARAMS: readonly string[] = USER_INPUTS.map(({ param }) => param);

/**
 * The texts that JavaScript puts into a form for an absent value (sdk: JS sends `user[blob_id]=null`, and its sample
 * `user[tag_list]=undefined`).
 */
const ABSENT = new Set<unknown>(['', 'null', 'undefined']);

/** The problems of a new password; none: it may be used. */
export function passwordProblems(password: string, context: ApplicationContext): Problem[] {
  const problems: Problem[] = [];
  checkText(PASSWORD, password, context, problems);
  return problems;
}

/** Reads and checks the parameters of a sign-up. @throws ApiError with every problem found */
export function readSignUp(params: Params, context: ApplicationContext): SignUpInput {
  const { changes, password, problems } = readFields(userParams(params, context), context, true);
  const blamed = problems.some(({ params }) => params.field === 'login' || params.field === 'email');
  if (!blamed && !changes.login && !changes.email) problems.push({ key: 'signup_credentials_missing', params: {} });
  if (problems.length > 0 || password === undefined) throw new ApiError(problems);
  return { changes, password };
}

/** Reads and checks the parameters of an update: only the fields that are sent change. @throws ApiError with every problem found */
export function readUpdate(params: Params, context: ApplicationContext): UpdateInput {
  const given = userParams(params, context);
  const { changes, password, problems } = readFields(given, context, false);
  if (problems.length > 0) throw new ApiError(problems);
  // sdk: Dart sends `oldPassword`
  return { changes, password, old_password: nonEmptyText(given.old_password) ?? nonEmptyText(given.oldPassword) };
}

/** @throws ApiError `user_params_missing` where the service insists on a `user` object */
function userParams({ user }: Params, { rules }: ApplicationContext): Params {
  if (isObject(user)) return user;
  return rules.userParamsRequired ? fail('user_params_missing') : {};
}

function readFields(
  given: Params,
  context: ApplicationContext,
  passwordRequired: boolean,
): { changes: UserChanges; password: string | undefined; problems: Problem[] } {
  const { rules, settings } = context;
  const problems: Problem[] = [];
  const changes: Record<string, unknown> = {};
  let password: string | undefined;
  for (const row of USER_INPUTS) {
    if (rules.missingFields.has(row.field)) continue;
    const sound = problems.length;
    const value = Object.hasOwn(given, row.param)
      ? readValue(row, given[row.param], problems, rules.patterns[row.field])
      : undefined;
    const text = typeof value === 'string' && value !== '' ? value : undefined;
    if (text !== undefined) checkText(row, text, context, problems);
    if (row.field === 'blob_id' && typeof value === 'number' && settings.check_blob_id)
      problems.push({ key: 'blob_unknown', params: { field: 'blob' } });
    if (row.field !== 'password') {
      if (value !== undefined) changes[row.field] = value;
      continue;
    }
    password = text;
    if (passwordRequired && text === undefined && problems.length === sound)
      problem('password_missing', row, problems, settings.password_min_length);
  }
  return { changes, password, problems };
}

/** A value in the form in which its field is stored; problems with it are added to the list. */
function readValue(row: InputRow, given: unknown, problems: Problem[], pattern: RegExp | undefined): unknown {
  if (row.field === 'user_tags') return readTagList(row, given, problems);
  if (given === null || given === undefined) return null;
  // a longer number has already lost digits in JSON: better an error than another user's id
  const inexact = Number.isInteger(given) && !Number.isSafeInteger(given);
  if (typeof given === 'object' || inexact) return problem('not_a_text', row, problems);
  if (row.field === 'password') return String(given);
  // doc: legacy-users/user-sign-up, trailing blanks are trimmed, except the password's
  const trimmed = String(given).trimEnd();
  if (USER_FIELDS[row.field].type === 'integer') {
    if (ABSENT.has(trimmed)) return null;
    if (pattern && !pattern.test(trimmed)) return problem(row.mismatch ?? 'bad_characters', row, problems);
    const number = /^-?\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN;
    return Number.isSafeInteger(number) ? number : problem('not_a_number', row, problems);
  }
  if (trimmed === '' && !row.keepsBlank) return null;
  return row.normalize ? row.normalize(trimmed) : trimmed;
}

function readTagList(row: InputRow, given: unknown, problems: Problem[]): readonly string[] | null {
  if (ABSENT.has(given)) return null;
  const texts = Array.isArray(given) ? given : [given];
  if (texts.some((each) => typeof each === 'object' && each !== null)) return problem('not_a_text', row, problems);
  const tags = readTags(given);
  if (tags.length > MAX_TAGS) return problem('too_many_tags', row, problems, MAX_TAGS);
  return tags.length > 0 ? tags : null;
}

/** Checks the characters and the length of a text; problems with it are added to the list. */
function checkText(row: InputRow, value: string, { rules, settings }: ApplicationContext, problems: Problem[]): void {
  const pattern = rules.patterns[row.field];
  if (pattern && !pattern.test(value)) problem(row.mismatch ?? 'bad_characters', row, problems);
  if (row.check && !row.check.pattern.test(value)) problem(row.check.key, row, problems);
  const length = rules.lengths[row.field];
  if (!length) return;
  const min = row.field === 'password' ? settings.password_min_length : length.min;
  const characters = countCharacters(value);
  if (characters < min) problem('too_short', row, problems, min);
  if (characters > length.max) problem('too_long', row, problems, length.max);
}

function problem(key: ErrorKey, row: InputRow, problems: Problem[], limit = 0): null {
  problems.push({ key, params: { field: row.param, limit } });
  return null;
}
