import { defineError } from '../model/error-catalogue.ts';
import { doc, guess, log, sdk } from '../model/evidence.ts';
import type { Dialect } from './dialect.ts';

const UNRECORDED = guess('unrecorded');
const OF_A_PASSWORD = log('android-sdk#776, 2022, of a password', ['password']);
const OTHER_FIELDS = guess('all other fields', 'others');
const STATUS_AND_SHAPE = guess('status and shape');
const TAKEN = 'has already been taken';
const TOO_SHORT = 'is too short (minimum is {limit} characters)';
const WRONG_OLD_PASSWORD = 'Incorrect old password provided';
const BAD_CHARACTERS = 'should contain alphanumeric and punctuation characters only';

/** The errors in which QuickBlox differs from the catalogue. */
export const QUICKBLOX_ERRORS: Dialect['errors'] = {
  token_required: defineError(401, 'list', 'Token is required', {
    rule: [
      log('ios-sdk#199, the shape'),
      log('android-sdk#388, 2017-03, the status'),
      sdk("the .NET SDK's live test, the status"),
    ],
    wording: log('ios-sdk#199'),
  }),
  user_required: defineError(422, 'base', 'Forbidden. Need user.', [
    log('q-municate-services-ios#311, 2017, of a subscription; ios-sdk#186, 2015, of dialogs'),
    log('q-consultation#28, 2024, of a dialog'),
  ]),
  too_short: defineError(422, 'field', TOO_SHORT, [
    OF_A_PASSWORD,
    sdk("q-municate-android, 2014, has it of full_name in a list of the service's errors", ['full_name']),
    OTHER_FIELDS,
  ]),
  too_long: defineError(422, 'field', 'is too long (maximum is {limit} characters)', [
    sdk('q-municate-android, 2015, has the text of full_name', ['full_name']),
    OTHER_FIELDS,
  ]),
  bad_characters: defineError(422, 'field', BAD_CHARACTERS, [OF_A_PASSWORD, OTHER_FIELDS]),
  not_owner: defineError(403, 'base', 'You are not owner of this object', {
    rule: doc('later-users/update-user, later-users/delete-user'),
    wording: [doc('later-users/update-user'), log('android-sdk#711, android-sdk#420, android-sdk#241')],
  }),
  param_required: defineError(422, 'field', 'is required', [
    log('android-sdk#462, the signature', ['signature']),
    guess('all other parameters', 'others'),
  ]),
  application_unknown: defineError(422, 'base', 'No application found', log('ios-sdk#1082, ios-sdk#326')),
  bad_timestamp: defineError(422, 'base', 'Bad timestamp', log('ios-sdk#452')),
  unexpected_signature: defineError(
    422,
    'base',
    'Unexpected signature',
    log('android-sdk#139, android-sdk#473, android-sdk#724'),
  ),
  wrong_password: defineError(401, 'list', 'Unauthorized', log('android-sdk#59')),
  login_unknown: defineError(401, 'list', 'Unauthorized', log('android-sdk#59, no other than a wrong password')),
  credentials_missing: defineError(422, 'base', 'Login or email required', [
    log("the Ruby client's tests, 2014, of a sign-up"),
    log('a login through a provider that is not set up'),
  ]),
  bad_authentication_data: defineError(422, 'list', 'Bad Authentication data', [
    log('ios-sdk#781, 2017, of a refused Facebook token'),
    sdk('Android from 3 ends its session at a 422 with this text'),
  ]),
  provider_unknown: defineError(422, 'list', 'Bad Authentication data', guess('as missing authentication data')),
  // log: external/{id} answered one blank in 2017, which the JS SDK reports as a failure to parse
  user_not_found: defineError(404, 'message', "Couldn't find user", {
    rule: [
      doc('later-users, the status; the body of look-ups of one user'),
      log('ios-sdk#643, the status of a password reset'),
      sdk('q-municate-web, 2014, the status of a password reset'),
      guess('the body of a password reset and of a deletion by external id'),
    ],
    wording: [
      log('ios-sdk#1065, by_tags'),
      log("js-sdk-releases#8, of an update in the successor's first years, with a full stop"),
    ],
  }),
  bad_user_id: defineError(404, 'message', "Couldn't find user", guess('as an unknown user')),
  no_users_found: defineError(404, 'message', "Couldn't find user", [
    log('ios-sdk#1065, 2018, ios-sdk#1138, 2019, by_tags'),
    log('ios-sdk#308, 2016, the status of by_full_name, then with one blank as body'),
  ]),
  password_missing: defineError(422, 'field', [BAD_CHARACTERS, TOO_SHORT], log('android-sdk#776, 2022')),
  signup_credentials_missing: defineError(422, 'base', 'Login or email required', log("the Ruby client's tests, 2014")),
  taken: defineError(422, 'field', TAKEN, {
    rule: [
      doc('legacy-users/user-sign-up, "should not be taken previously"'),
      log('ios-sdk#388, 2017, the status and shape of login and email', ['login', 'email']),
      sdk('q-consultation, phones', ['phone']),
      guess('status and shape of all other fields', 'others'),
    ],
    wording: [
      log('ios-sdk#388, 2017, login and email', ['login', 'email']),
      sdk('q-consultation, phones', ['phone']),
      guess('external and social ids', 'others'),
    ],
  }),
  bad_email: defineError(
    422,
    'field',
    'should look like an email address',
    sdk(
      'q-municate-web, 2014, which finds "look like" in errors.email; its own texts and README have the whole sentence',
    ),
  ),
  session_not_found: defineError(404, 'message', "Couldn't find session", guess('as an unknown user')),
  bad_external_user_id: defineError(422, 'field', 'must be less than 11 characters', log('javascript-sdk#23')),
  blob_unknown: defineError(422, 'field', 'does not exist', log('ios-sdk#693')),
  too_many_tags: defineError(422, 'field', 'is too long (maximum is {limit} tags)', {
    rule: [doc('legacy-users/retrieve-api-users-by-tags'), STATUS_AND_SHAPE],
    wording: UNRECORDED,
  }),
  old_password_missing: defineError(422, 'base', WRONG_OLD_PASSWORD, {
    rule: [doc('legacy-users/update-api-user-by-identifier'), guess('status and shape, as of a wrong one')],
    wording: guess('as of a wrong one'),
  }),
  old_password_wrong: defineError(422, 'base', WRONG_OLD_PASSWORD, {
    rule: [
      doc('legacy-users/update-api-user-by-identifier, "required only if new password provided"'),
      sdk('q-consultation, 2021, which translates this error'),
    ],
    wording: sdk('q-consultation, 2021, which translates this error'),
  }),
  list_disabled: defineError(
    403,
    'list',
    'Users retrieving forbidden in admin panel, application settings. Setup it here https://admin.quickblox.com/apps/{application}/settings',
    { rule: log('ios-sdk#382, the status; android-sdk#38, 2016, the shape'), wording: log('android-sdk#38, 2016') },
  ),
  route_unknown: defineError(
    404,
    'message',
    'Possible subdomains: admin, api, billing',
    log('javascript-sdk#390, 2020, of DELETE /users.json, which the SDK sends for an id that is a text'),
  ),
  malformed_body: defineError(400, 'message', '{reason}', {
    rule: [doc('legacy-errors, the status'), sdk('Android: texts of exceptions have this shape')],
    wording: UNRECORDED,
  }),
  malformed_url: defineError(400, 'message', 'Malformed URL', {
    rule: [doc('legacy-errors, the status'), guess('the shape, as of a malformed body')],
    wording: UNRECORDED,
  }),
  body_too_large: defineError(
    413,
    'message',
    'Request body is larger than {limit} bytes',
    guess('as a malformed body'),
  ),
  unsupported_body: defineError(415, 'message', 'Unsupported request body: {reason}', guess('as a malformed body')),
  too_many_requests: defineError(429, 'list', 'Too Many Requests', {
    rule: [doc('legacy-errors, the status'), guess('the shape')],
    wording: guess("the status' name in legacy-errors"),
  }),
};
