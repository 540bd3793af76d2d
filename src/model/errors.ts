/**
 * The catalogue of all errors of the emulated APIs. A rule says `fail(key, …)`; status, shape and text are here, and a
 * dialect's own wording in its file under `dialects/`, by the same key. To find a rule: grep its text here, then its key.
 */

/** list: `{"errors":[t]}` · base: `{"errors":{"base":[t]}}` · field: `{"errors":{field:[t]}}` · message: `{"code":null,"message":t}` */
export type ErrorShape = 'list' | 'base' | 'field' | 'message';

export interface ErrorRow {
  readonly status: number;
  readonly shape: ErrorShape;
  /** `{name}` stands for a parameter. In shape `field` the parameter `field` names the field. */
  readonly text: string | readonly string[];
  /** `doc:` the documents · `log:` the real services' logs · `sdk:` what SDKs need · `guess:` and why. */
  readonly evidence: string;
}

/** A row of a catalogue. */
export const defineError = (status: number, shape: ErrorShape, text: ErrorRow['text'], evidence: string): ErrorRow => ({
  status,
  shape,
  text,
  evidence,
});

export const ERRORS = {
  // who calls
  token_required: defineError(403, 'list', 'Token is required', 'log: 403 with this text'),
  session_missing: defineError(
    401,
    'base',
    'Required session does not exist',
    'sdk: exact text and shape start the expired-session hook',
  ),
  user_required: defineError(403, 'base', 'Forbidden. Need user.', 'log: 45 bytes'),
  not_owner: defineError(
    403,
    'base',
    'You are not owner of this object.',
    'guess: text logged of the ancestor, status by analogy',
  ),
  auth_key_unknown: defineError(404, 'base', 'No application was found', 'guess: as for an unknown application'),

  // sessions
  param_required: defineError(422, 'field', 'cannot be blank', 'log: of the password; guess: of the others'),
  application_unknown: defineError(404, 'base', 'No application was found', 'guess: the ancestor logs a like text'),
  bad_timestamp: defineError(422, 'field', 'invalid timestamp', 'log: 46 bytes'),
  unexpected_signature: defineError(422, 'list', 'Unexpected signature', 'log'),
  nonce_taken: defineError(422, 'field', 'has already been taken', 'guess: documented as forbidden, wording unknown'),
  wrong_password: defineError(401, 'list', 'Invalid password', 'log: 31 bytes'),
  login_unknown: defineError(404, 'list', 'User not found', 'log: 29 bytes'),
  credentials_missing: defineError(422, 'base', 'Either login or email should be specified.', 'guess: wording'),
  bad_authentication_data: defineError(
    422,
    'list',
    "Bad Authentication data. Invalid input parameters provided: no '{names}' parameters provided",
    'log: text for firebase_phone',
  ),
  provider_unknown: defineError(
    422,
    'list',
    "Bad Authentication data. Unknown provider '{provider}'",
    'guess: by analogy',
  ),

  // one user
  user_not_found: defineError(404, 'list', 'User not found', 'log: status and text'),
  user_params_missing: defineError(422, 'base', 'Invalid params', 'guess: wording'),
  signup_credentials_missing: defineError(422, 'base', 'Either login or email should be specified.', 'guess: wording'),
  password_missing: defineError(422, 'field', 'cannot be blank', 'log'),
  taken: defineError(
    422,
    'base',
    '{field} has already been taken',
    'sdk: the official React sample prints errors.base; guess: wording',
  ),
  too_short: defineError(
    422,
    'field',
    'is too short (minimum is {limit} characters)',
    "guess: the ancestor's logged wording",
  ),
  too_long: defineError(422, 'field', 'is too long (maximum is {limit} characters)', "guess: the ancestor's style"),
  bad_characters: defineError(
    422,
    'field',
    'should contain alphanumeric and punctuation characters only',
    "guess: the ancestor's logged wording",
  ),
  bad_email: defineError(422, 'field', 'should look like an email address.', "guess: the ancestor's style"),
  not_a_number: defineError(422, 'field', 'is not a number', 'guess: wording'),
  not_a_text: defineError(422, 'field', 'is invalid', 'guess: wording'),
  too_many_tags: defineError(
    422,
    'field',
    'The maximum number of tags per user: {limit}',
    'doc: the rule; guess: the wording',
  ),
  old_password_missing: defineError(422, 'base', 'old_password is incorrect', 'doc: the rule; guess: the wording'),
  old_password_wrong: defineError(422, 'base', 'old_password is incorrect', 'doc: the rule; guess: the wording'),
  password_reset_disabled: defineError(422, 'base', 'Reset password by email is disabled', 'log'),

  // many users
  list_disabled: defineError(
    403,
    'base',
    'Users retrieving forbidden in admin panel, application settings.',
    'doc: the body, to which a service adds a link to its panel; log: the status',
  ),
  no_users_found: defineError(404, 'list', 'User not found', 'guess: as for one user'),
  too_many_conditions: defineError(
    422,
    'base',
    'More than {limit} conditions',
    "guess: a bound of users-emulator's own",
  ),
  filter_malformed: defineError(
    422,
    'base',
    "Wrong filter '{value}': expected data_type+field+operator+value",
    'guess: wording',
  ),
  filter_field: defineError(422, 'base', "Wrong filter '{value}': field '{field}' can't be used", 'guess: wording'),
  filter_operator: defineError(422, 'base', "Wrong filter '{value}': unknown operator '{operator}'", 'guess: wording'),
  filter_value: defineError(422, 'base', "Wrong filter '{value}': '{part}' is not a {type}", 'guess: wording'),
  order_malformed: defineError(
    422,
    'base',
    "Wrong order '{value}': expected asc or desc, data type and field",
    'guess: wording',
  ),
  query_stand_alone: defineError(
    422,
    'base',
    'Query need to contain at least one stand-alone field with primary operator',
    "doc: the rule's own sentence",
  ),
  query_compare: defineError(
    422,
    'base',
    "stand-alone field can't be used with compare operators: {field}",
    "doc: the rule's own sentence",
  ),
  query_start_with: defineError(
    422,
    'base',
    'start_with: minimum argument length is {limit}: {field}',
    'doc: the rule; guess: the wording',
  ),
  query_field: defineError(422, 'base', 'Unknown field: {field}', 'guess: wording'),
  query_operator: defineError(422, 'base', 'Unknown operator for {field}: {operator}', 'guess: wording'),
  query_value: defineError(422, 'base', "Wrong value for {field}: '{value}' is not a {type}", 'guess: wording'),
  query_page: defineError(422, 'base', '{field} must be a number from {limit}', 'guess: wording'),
  query_sort: defineError(422, 'base', "Can't sort by field: {field}", 'guess: wording'),

  // transport
  route_unknown: defineError(404, 'base', 'No route matches {method} {path}', 'guess: errors are JSON (sdk), wording'),
  not_emulated: defineError(
    501,
    'base',
    '{method} {path} is not emulated by users-emulator',
    "guess: never disguised as the API's own error",
  ),
  malformed_body: defineError(400, 'base', 'Malformed request body: {reason}', 'guess: wording'),
  body_too_large: defineError(413, 'base', 'Request body is larger than {limit} bytes', 'guess: wording'),
  unsupported_body: defineError(415, 'base', 'Unsupported request body: {reason}', 'guess: wording'),
  malformed_url: defineError(400, 'base', 'Malformed URL', 'guess: wording'),
  too_many_requests: defineError(429, 'base', 'Too many requests', 'guess: wording'),
  internal_error: defineError(500, 'base', 'Internal Server Error', 'log: a text with these words'),
  service_unavailable: defineError(503, 'base', 'Service Unavailable', 'doc: the status is listed'),
  fault_malformed: defineError(
    400,
    'base',
    "X-Emulator-Fault: '{reason}' is none of 503, status=503, error=taken, delay=200, drop=reset",
    "guess: users-emulator's own",
  ),
  fault: defineError(500, 'base', '{reason}', 'guess: an injected fault of any other status'),
  storage_failed: defineError(
    503,
    'base',
    'The change could not be kept: {reason}',
    "guess: an answer that promises what isn't stored would be a lie",
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorKey = keyof typeof ERRORS;
export const ERROR_KEYS = Object.keys(ERRORS) as ErrorKey[];

export interface Problem {
  readonly key: ErrorKey;
  readonly params: Readonly<Record<string, string | number>>;
}

/** An answer of the API that is an error: one problem or, where input is checked, all that were found. */
export class ApiError extends Error {
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;
  /** The end (ms) of the session that was asked for, where only its user is missing. */
  sessionEnd: number | undefined;

  constructor(problems: readonly Problem[], headers: Readonly<Record<string, string>> = {}) {
    super(problems.map(({ key }) => key).join(', '));
    this.name = 'ApiError';
    this.problems = problems;
    this.headers = headers;
  }
}

/** The texts of a problem, by its row, with its parameters filled in. */
export function textsOf({ text }: ErrorRow, { params }: Problem): string[] {
  const texts = typeof text === 'string' ? [text] : text;
  return texts.map((each) => each.replace(/\{(\w+)\}/g, (placeholder, name) => String(params[name] ?? placeholder)));
}

/** Ends the request with an error of the catalogue. */
export function fail(key: ErrorKey, params: Problem['params'] = {}, headers?: Readonly<Record<string, string>>): never {
  throw new ApiError([{ key, params }], headers);
}
