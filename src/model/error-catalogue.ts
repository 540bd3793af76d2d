import { keysOf } from '../support/values.ts';
import { doc, type ErrorEvidence, type EvidenceInput, evidenceList, guess, log, own, sdk } from './evidence.ts';

/** list: `{"errors":[t]}` · base: `{"errors":{"base":[t]}}` · field: `{"errors":{field:[t]}}` · message: `{"code":null,"message":t}` */
export type ErrorShape = 'list' | 'base' | 'field' | 'message';

export interface ErrorRow {
  readonly status: number;
  readonly shape: ErrorShape;
  /** `{name}` stands for a parameter. In shape `field` the parameter `field` names the field. */
  readonly text: string | readonly string[];
  readonly evidence: ErrorEvidence;
}

/** A row of a catalogue. @param evidence of rule and wording apart, or the same for both */
export function defineError(
  status: number,
  shape: ErrorShape,
  text: ErrorRow['text'],
  evidence: EvidenceInput | { readonly rule: EvidenceInput; readonly wording: EvidenceInput },
): ErrorRow {
  const { rule, wording } = 'rule' in evidence ? evidence : { rule: evidence, wording: evidence };
  return { status, shape, text, evidence: { rule: evidenceList(rule), wording: evidenceList(wording) } };
}

const UNRECORDED = guess('unrecorded');
const STATUS_AND_SHAPE = guess('status and shape');
/** The documents state the rule in this sentence; no answer with it is known. */
const DOCUMENTED_SENTENCE = guess("the documents' own sentence");
const BOTH_BLANK = "Both user login and email can't be blank";

/**
 * All errors of the emulated APIs. A rule says `fail(key, …)`; status, shape and text are here, and a dialect's own in its file
 * under `dialects/`, by the same key. To find a rule: grep its text here, then its key.
 */
const CATALOGUE = {
  // who calls
  token_required: defineError(403, 'list', 'Token is required', log('reactnative-samples#281')),
  session_missing: defineError(401, 'base', 'Required session does not exist', {
    rule: [log('android-sdk#245, the status'), sdk('JS, whose hook for expired sessions depends on status and shape')],
    wording: [log('reactnative-samples#234, 2021-05'), sdk('JS compares it')],
  }),
  user_required: defineError(403, 'base', 'Forbidden. Need user.', log('flutter-samples#93, 2021-06')),
  not_owner: defineError(403, 'base', 'You are not owner of this object', guess("the ancestor's, of its documents")),
  auth_key_unknown: defineError(404, 'base', 'No application was found', guess('as an unknown application')),

  // sessions
  param_required: defineError(422, 'field', 'cannot be blank', [
    log('js-sdk-releases#69, the password', ['password']),
    guess('all other parameters', 'others'),
  ]),
  application_unknown: defineError(404, 'base', 'No application was found', guess("similar to the ancestor's")),
  bad_timestamp: defineError(422, 'field', 'invalid timestamp', log('flutter-samples#300, 2023')),
  unexpected_signature: defineError(422, 'list', 'Unexpected signature', log('web-samples#90')),
  nonce_taken: defineError(422, 'field', 'has already been taken', {
    rule: [doc('auth, no nonce twice with one timestamp'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  wrong_password: defineError(401, 'list', 'Invalid password', log('flutter-samples#4, 2024-09')),
  login_unknown: defineError(404, 'list', 'User not found', [
    log('flutter-samples#284, 2023'),
    log('flutter-call-kit#38, 2022'),
  ]),
  credentials_missing: defineError(422, 'list', BOTH_BLANK, {
    rule: [log('js-sdk-releases#84, 2021, the shape'), guess('the status')],
    wording: log('js-sdk-releases#84, 2021'),
  }),
  bad_authentication_data: defineError(
    422,
    'list',
    "Bad Authentication data. Invalid input parameters provided: no '{names}' parameters provided",
    {
      rule: [
        log('reactnative-samples#68, of firebase_phone'),
        log('web-samples#77, the shape'),
        sdk('Android 1 ends its session at a 422 with its first three words'),
      ],
      wording: log('reactnative-samples#68, of firebase_phone'),
    },
  ),
  provider_unknown: defineError(
    422,
    'list',
    "Bad Authentication data. Unknown provider '{provider}'",
    guess('as missing authentication data'),
  ),

  session_not_found: defineError(404, 'list', 'Session not found', guess('as an unknown user')),

  // one user
  user_not_found: defineError(404, 'list', 'User not found', {
    rule: [log('web-samples#58, the status'), guess('the shape, as of an unknown login')],
    wording: log('reactnative-samples#237, 2021-05'),
  }),
  bad_user_id: defineError(
    422,
    'field',
    'should be a positive integer',
    log('reactnative-samples#152, 2020-11, of GET /users/phone, whose last part was read as an id'),
  ),
  user_params_missing: defineError(422, 'base', 'Invalid params', UNRECORDED),
  signup_credentials_missing: defineError(422, 'list', BOTH_BLANK, {
    rule: [
      doc('users/user-sign-up, "login OR email is required"'),
      log('js-sdk-releases#84, 2021, the shape'),
      guess('the status'),
    ],
    wording: log('js-sdk-releases#84, 2021'),
  }),
  password_missing: defineError(422, 'field', 'cannot be blank', log('js-sdk-releases#69, of a login')),
  taken: defineError(422, 'base', '{field} must be unique', [
    log(
      'flutter-samples#250, login and email; the Angular conference sample logs in where errors.base has `login must be unique`',
      ['login', 'email'],
    ),
    guess('all other fields', 'others'),
  ]),
  too_short: defineError(422, 'field', 'is too short (minimum is {limit} characters)', {
    rule: [sdk('clients read errors.password', ['password']), guess('all other fields', 'others')],
    wording: guess("the ancestor's"),
  }),
  too_long: defineError(422, 'field', 'is too long (maximum is {limit} characters)', guess("in the ancestor's style")),
  bad_characters: defineError(
    422,
    'field',
    'should contain alphanumeric and punctuation characters only',
    guess("the ancestor's"),
  ),
  bad_email: defineError(422, 'field', 'should look like an email address.', guess("in the ancestor's style")),
  bad_phone: defineError(422, 'field', 'is not a valid phone number', {
    rule: [sdk('two clients sign up again without a refused phone'), guess('which phones are refused')],
    wording: UNRECORDED,
  }),
  blob_unknown: defineError(422, 'field', 'does not exist', guess("the ancestor's, ios-sdk#693")),
  bad_external_user_id: defineError(422, 'field', 'must be less than 11 characters', guess("the ancestor's")),
  not_a_number: defineError(422, 'field', 'is not a number', UNRECORDED),
  not_a_text: defineError(422, 'field', 'is invalid', UNRECORDED),
  too_many_tags: defineError(422, 'field', 'The maximum number of tags per user: {limit}', {
    rule: [doc('users/retrieve-users-by-tags'), STATUS_AND_SHAPE],
    wording: DOCUMENTED_SENTENCE,
  }),
  old_password_missing: defineError(422, 'base', 'old_password is incorrect', {
    rule: [doc('users/update-user-by-identifier, "Required if new password provided"'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  old_password_wrong: defineError(422, 'base', 'old_password is incorrect', {
    rule: [doc('users/update-user-by-identifier'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  password_reset_disabled: defineError(
    422,
    'base',
    'Reset password by email is disabled',
    log('flutter-samples#371, 2024-12'),
  ),

  // many users
  list_disabled: defineError(403, 'base', 'Users retrieving forbidden in admin panel, application settings.', {
    rule: [doc('users/retrieve-users-v1, the shape'), log('ios-sdk#382, the status')],
    wording: doc('users/retrieve-users-v1, where the address of the admin panel follows'),
  }),
  online_disabled: defineError(403, 'base', 'Online users retrieving forbidden in admin panel, application settings.', {
    rule: guess('as the list of users'),
    wording: UNRECORDED,
  }),
  no_users_found: defineError(404, 'list', 'User not found', guess('as for one user')),
  too_many_conditions: defineError(422, 'base', 'More than {limit} conditions', own('bounds the work for a query')),
  filter_malformed: defineError(
    422,
    'base',
    "Wrong filter '{value}': expected data_type+field+operator+value",
    UNRECORDED,
  ),
  filter_field: defineError(422, 'base', "Wrong filter '{value}': field '{field}' can't be used", UNRECORDED),
  filter_operator: defineError(422, 'base', "Wrong filter '{value}': unknown operator '{operator}'", UNRECORDED),
  filter_value: defineError(422, 'base', "Wrong filter '{value}': '{part}' is not a {type}", UNRECORDED),
  order_malformed: defineError(
    422,
    'base',
    "Wrong order '{value}': expected asc or desc, data type and field",
    UNRECORDED,
  ),
  query_stand_alone: defineError(
    422,
    'base',
    'Query need to contain at least one stand-alone field with primary operator',
    {
      rule: [doc('users/retrieve-users-v2'), STATUS_AND_SHAPE],
      wording: DOCUMENTED_SENTENCE,
    },
  ),
  query_compare: defineError(422, 'base', "stand-alone field can't be used with compare operators: {field}", {
    rule: [doc('users/retrieve-users-v2'), STATUS_AND_SHAPE],
    wording: DOCUMENTED_SENTENCE,
  }),
  query_start_with: defineError(422, 'base', 'start_with: minimum argument length is {limit}: {field}', {
    rule: [doc('users/retrieve-users-v2'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  query_field: defineError(422, 'base', 'Unknown field: {field}', UNRECORDED),
  query_operator: defineError(422, 'base', 'Unknown operator for {field}: {operator}', UNRECORDED),
  query_value: defineError(422, 'base', "Wrong value for {field}: '{value}' is not a {type}", UNRECORDED),
  query_page: defineError(422, 'base', '{field} must be a number from {limit}', UNRECORDED),
  query_sort: defineError(422, 'base', "Can't sort by field: {field}", UNRECORDED),

  // transport
  route_unknown: defineError(404, 'base', 'No route matches {method} {path}', {
    rule: [sdk('JS takes no error that is not JSON'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  not_emulated: defineError(
    501,
    'base',
    "{method} {path} ({module}) is not emulated by users-emulator: to answer it, add a stub (users-emulator stub add '{method} {path}' answer.json); --stub app-boot answers what applications request after the login",
    own("never passes for one of the API's errors"),
  ),
  stub_failed: defineError(500, 'base', "The stub '{name}' failed: {reason}", own('a function of the test itself')),
  malformed_body: defineError(400, 'base', 'Malformed request body: {reason}', {
    rule: [doc('statuses'), guess('the shape')],
    wording: UNRECORDED,
  }),
  body_too_large: defineError(413, 'base', 'Request body is larger than {limit} bytes', UNRECORDED),
  unsupported_body: defineError(415, 'base', 'Unsupported request body: {reason}', UNRECORDED),
  malformed_url: defineError(400, 'base', 'Malformed URL', {
    rule: [doc('statuses'), guess('the shape')],
    wording: UNRECORDED,
  }),
  too_many_requests: defineError(429, 'base', 'Too many requests', {
    rule: [doc('statuses'), guess('the shape')],
    wording: UNRECORDED,
  }),
  internal_error: defineError(500, 'base', 'Internal Server Error', {
    rule: [log('reactnative-samples#129, a text with these words'), guess('the shape')],
    wording: log('reactnative-samples#129, a text with these words'),
  }),
  service_unavailable: defineError(503, 'base', 'Service Unavailable', {
    rule: [doc('statuses'), guess('the shape')],
    wording: UNRECORDED,
  }),
  fault_malformed: defineError(
    400,
    'base',
    "X-Emulator-Fault: '{reason}' is none of 503, reset, reset@after, html, error=taken, delay=200, body=closed, json={}, header=Retry-After: 5, trickle=2000",
    own('a fault that a header asks for'),
  ),
  fault: defineError(500, 'base', '{reason}', own('an injected fault with any other status')),
  storage_failed: defineError(
    503,
    'base',
    'The change could not be stored: {reason}',
    own("a change that wasn't stored must not be confirmed"),
  ),
};

export type ErrorKey = keyof typeof CATALOGUE;
export const ERRORS: Readonly<Record<ErrorKey, ErrorRow>> = CATALOGUE;
export const ERROR_KEYS: readonly ErrorKey[] = keysOf(ERRORS);
