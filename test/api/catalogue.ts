import { expect } from 'vitest';
import type { ErrorKey } from '../../src/model/error-catalogue.ts';
import type { Answer } from '../support/http.ts';
import type { Service } from '../support/services.ts';

/** Status and body; `$name` is replaced by a parameter of the error. */
export type Expected = readonly [status: number, body: string];

const both = (status: number, body: string): Row => ({ connectycube: [status, body], quickblox: [status, body] });
const each = (connectycube: Expected, quickblox: Expected): Row => ({ connectycube, quickblox });
interface Row {
  readonly connectycube: Expected;
  readonly quickblox: Expected;
}

const NOT_FOUND = '{"code":null,"message":"Couldn\'t find user"}';
const LIST_FORBIDDEN = 'Users retrieving forbidden in admin panel, application settings. Setup it here';

/**
 * Every error as each service answers it, written from the vendors' documents and known logs. Where nothing is
 * known, the text is the emulator's own, and is listed so that it does not change unnoticed.
 */
export const CATALOGUE: Readonly<Record<ErrorKey, Row>> = {
  token_required: each([403, '{"errors":["Token is required"]}'], [401, '{"errors":["Token is required"]}']),
  session_missing: both(401, '{"errors":{"base":["Required session does not exist"]}}'),
  user_required: each(
    [403, '{"errors":{"base":["Forbidden. Need user."]}}'],
    [422, '{"errors":{"base":["Forbidden. Need user."]}}'],
  ),
  not_owner: both(403, '{"errors":{"base":["You are not owner of this object"]}}'),
  auth_key_unknown: both(404, '{"errors":{"base":["No application was found"]}}'),

  param_required: each(
    [422, '{"errors":{"$field":["cannot be blank"]}}'],
    [422, '{"errors":{"$field":["is required"]}}'],
  ),
  application_unknown: each(
    [404, '{"errors":{"base":["No application was found"]}}'],
    [422, '{"errors":{"base":["No application found"]}}'],
  ),
  bad_timestamp: each(
    [422, '{"errors":{"timestamp":["invalid timestamp"]}}'],
    [422, '{"errors":{"base":["Bad timestamp"]}}'],
  ),
  unexpected_signature: each(
    [422, '{"errors":["Unexpected signature"]}'],
    [422, '{"errors":{"base":["Unexpected signature"]}}'],
  ),
  nonce_taken: both(422, '{"errors":{"nonce":["has already been taken"]}}'),
  wrong_password: each([401, '{"errors":["Invalid password"]}'], [401, '{"errors":["Unauthorized"]}']),
  login_unknown: each([404, '{"errors":["User not found"]}'], [401, '{"errors":["Unauthorized"]}']),
  credentials_missing: each(
    [422, `{"errors":["Both user login and email can't be blank"]}`],
    [422, '{"errors":{"base":["Login or email required"]}}'],
  ),
  bad_authentication_data: each(
    [422, `{"errors":["Bad Authentication data. Invalid input parameters provided: no '$names' parameters provided"]}`],
    [422, '{"errors":["Bad Authentication data"]}'],
  ),
  provider_unknown: each(
    [422, `{"errors":["Bad Authentication data. Unknown provider '$provider'"]}`],
    [422, '{"errors":["Bad Authentication data"]}'],
  ),

  session_not_found: each(
    [404, '{"errors":["Session not found"]}'],
    [404, '{"code":null,"message":"Couldn\'t find session"}'],
  ),
  user_not_found: each([404, '{"errors":["User not found"]}'], [404, NOT_FOUND]),
  bad_user_id: each([422, '{"errors":{"id":["should be a positive integer"]}}'], [404, NOT_FOUND]),
  user_params_missing: both(422, '{"errors":{"base":["Invalid params"]}}'),
  signup_credentials_missing: each(
    [422, `{"errors":["Both user login and email can't be blank"]}`],
    [422, '{"errors":{"base":["Login or email required"]}}'],
  ),
  password_missing: each(
    [422, '{"errors":{"password":["cannot be blank"]}}'],
    [
      422,
      '{"errors":{"password":["should contain alphanumeric and punctuation characters only","is too short (minimum is 4 characters)"]}}',
    ],
  ),
  taken: each(
    [422, '{"errors":{"base":["$field must be unique"]}}'],
    [422, '{"errors":{"$field":["has already been taken"]}}'],
  ),
  too_short: both(422, '{"errors":{"$field":["is too short (minimum is $limit characters)"]}}'),
  too_long: both(422, '{"errors":{"$field":["is too long (maximum is $limit characters)"]}}'),
  bad_characters: both(422, '{"errors":{"$field":["should contain alphanumeric and punctuation characters only"]}}'),
  bad_email: each(
    [422, '{"errors":{"email":["should look like an email address."]}}'],
    [422, '{"errors":{"email":["should look like an email address"]}}'],
  ),
  bad_phone: both(422, '{"errors":{"phone":["is not a valid phone number"]}}'),
  blob_unknown: both(422, '{"errors":{"blob":["does not exist"]}}'),
  bad_external_user_id: both(422, '{"errors":{"external_user_id":["must be less than 11 characters"]}}'),
  not_a_number: both(422, '{"errors":{"$field":["is not a number"]}}'),
  not_a_text: both(422, '{"errors":{"$field":["is invalid"]}}'),
  too_many_tags: each(
    [422, '{"errors":{"tag_list":["The maximum number of tags per user: 5"]}}'],
    [422, '{"errors":{"tag_list":["is too long (maximum is 5 tags)"]}}'],
  ),
  old_password_missing: each(
    [422, '{"errors":{"base":["old_password is incorrect"]}}'],
    [422, '{"errors":{"base":["Incorrect old password provided"]}}'],
  ),
  old_password_wrong: each(
    [422, '{"errors":{"base":["old_password is incorrect"]}}'],
    [422, '{"errors":{"base":["Incorrect old password provided"]}}'],
  ),
  password_reset_disabled: both(422, '{"errors":{"base":["Reset password by email is disabled"]}}'),

  list_disabled: each(
    [403, `{"errors":{"base":["${LIST_FORBIDDEN} https://admin.connectycube.com/apps/230/service/users/settings"]}}`],
    [403, `{"errors":["${LIST_FORBIDDEN} https://admin.quickblox.com/apps/22/settings"]}`],
  ),
  online_disabled: both(
    403,
    '{"errors":{"base":["Online users retrieving forbidden in admin panel, application settings."]}}',
  ),
  no_users_found: each([404, '{"errors":["User not found"]}'], [404, NOT_FOUND]),
  too_many_conditions: both(422, '{"errors":{"base":["More than 100 conditions"]}}'),
  filter_malformed: both(422, `{"errors":{"base":["Wrong filter '$value': expected data_type+field+operator+value"]}}`),
  filter_field: both(422, `{"errors":{"base":["Wrong filter '$value': field '$field' can't be used"]}}`),
  filter_operator: both(422, `{"errors":{"base":["Wrong filter '$value': unknown operator '$operator'"]}}`),
  filter_value: both(422, `{"errors":{"base":["Wrong filter '$value': '$part' is not a $type"]}}`),
  order_malformed: both(422, `{"errors":{"base":["Wrong order '$value': expected asc or desc, data type and field"]}}`),
  query_stand_alone: both(
    422,
    '{"errors":{"base":["Query need to contain at least one stand-alone field with primary operator"]}}',
  ),
  query_compare: both(422, `{"errors":{"base":["stand-alone field can't be used with compare operators: $field"]}}`),
  query_start_with: both(422, '{"errors":{"base":["start_with: minimum argument length is $limit: $field"]}}'),
  query_field: both(422, '{"errors":{"base":["Unknown field: $field"]}}'),
  query_operator: both(422, '{"errors":{"base":["Unknown operator for $field: $operator"]}}'),
  query_value: both(422, `{"errors":{"base":["Wrong value for $field: '$value' is not a $type"]}}`),
  query_page: both(422, '{"errors":{"base":["$field must be a number from $limit"]}}'),
  query_sort: both(422, `{"errors":{"base":["Can't sort by field: $field"]}}`),

  route_unknown: each(
    [404, '{"errors":{"base":["No route matches $method $path"]}}'],
    [404, '{"code":null,"message":"Possible subdomains: admin, api, billing"}'],
  ),
  not_emulated: both(
    501,
    `{"errors":{"base":["$method $path ($module) is not emulated by users-emulator: to answer it, add a stub (users-emulator stub add '$method $path' answer.json); --stub app-boot answers what applications request after the login"]}}`,
  ),
  stub_failed: both(500, `{"errors":{"base":["The stub '$name' failed: $reason"]}}`),
  malformed_body: each(
    [400, '{"errors":{"base":["Malformed request body: $reason"]}}'],
    [400, '{"code":null,"message":"$reason"}'],
  ),
  body_too_large: each(
    [413, '{"errors":{"base":["Request body is larger than 1048576 bytes"]}}'],
    [413, '{"code":null,"message":"Request body is larger than 1048576 bytes"}'],
  ),
  unsupported_body: each(
    [415, '{"errors":{"base":["Unsupported request body: $reason"]}}'],
    [415, '{"code":null,"message":"Unsupported request body: $reason"}'],
  ),
  malformed_url: each([400, '{"errors":{"base":["Malformed URL"]}}'], [400, '{"code":null,"message":"Malformed URL"}']),
  too_many_requests: each(
    [429, '{"errors":{"base":["Too many requests"]}}'],
    [429, '{"errors":["Too Many Requests"]}'],
  ),
  internal_error: both(500, '{"errors":{"base":["Internal Server Error"]}}'),
  service_unavailable: both(503, '{"errors":{"base":["Service Unavailable"]}}'),
  fault_malformed: both(
    400,
    `{"errors":{"base":["X-Emulator-Fault: '$reason' is none of 503, reset, reset@after, html, error=taken, delay=200, body=closed, json={}, header=Retry-After: 5, trickle=2000"]}}`,
  ),
  fault: both(500, '{"errors":{"base":["$reason"]}}'),
  storage_failed: both(503, '{"errors":{"base":["The change could not be stored: $reason"]}}'),
};

export type ErrorParams = Readonly<Record<string, string | number>>;

/** Checks that an answer is exactly an error of the catalogue. */
export function expectError(answer: Answer, service: Service, key: ErrorKey, params: ErrorParams = {}): void {
  const [status, body] = expectedError(service, key, params);
  expect([answer.status, answer.text]).toEqual([status, body]);
}

export function expectedError(service: Service, key: ErrorKey, params: ErrorParams = {}): Expected {
  const [status, body] = CATALOGUE[key][service.name as keyof Row];
  const filled = body.replace(/\$(\w+)/g, (_, name) => JSON.stringify(String(params[name])).slice(1, -1));
  return [status, filled];
}
