import { DIALECTS } from '../dialects/index.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Problem } from '../model/errors.ts';
import { MAX_TAGS } from '../model/fields.ts';
import { MAX_CONDITIONS } from '../query/condition.ts';
import { START_WITH_MIN_LENGTH } from '../query/v2.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { MAX_BODY } from './decode.ts';
import type { ResolvedRequest } from './recognize.ts';

/** What an error of this key is mostly about, where that differs from `USUAL`. */
const LIKELY: Readonly<Partial<Record<ErrorKey, Problem['params']>>> = {
  param_required: { field: 'password' },
  password_missing: { field: 'password' },
  too_short: { field: 'password' },
  bad_timestamp: { field: 'timestamp' },
  nonce_taken: { field: 'nonce' },
  bad_email: { field: 'email' },
  bad_phone: { field: 'phone' },
  blob_unknown: { field: 'blob' },
  not_a_number: { field: 'blob_id' },
  bad_external_user_id: { field: 'external_user_id' },
  too_many_tags: { field: 'tag_list', limit: MAX_TAGS },
  too_many_conditions: { limit: MAX_CONDITIONS },
  query_start_with: { limit: START_WITH_MIN_LENGTH },
  query_page: { field: 'page', limit: 1 },
  query_value: { field: 'id', value: 'x' },
  body_too_large: { limit: MAX_BODY },
  order_malformed: { value: 'login' },
};

const USUAL: Problem['params'] = {
  field: 'login',
  names: 'password',
  provider: 'facebook',
  value: 'number id lt x',
  part: 'x',
  type: 'number',
  operator: 'like',
  name: 'fault',
  module: 'another module',
};

/** Values for all placeholders of an error that a fault sends, as if the request had caused it. */
export function likelyParams(key: ErrorKey, sandbox: Sandbox, { request, caller: { app } }: ResolvedRequest) {
  const { rules, settings } = sandbox.dialectOf(app?.dialect ?? DIALECTS[0].name);
  const { password_min_length } = app ? sandbox.settingsOf(app) : settings;
  return {
    ...USUAL,
    limit: key === 'too_long' ? (rules.lengths.login?.max ?? 0) : password_min_length,
    method: request.method,
    path: request.path,
    application: app?.id ?? 0,
    ...LIKELY[key],
  };
}
