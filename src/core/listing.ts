import { fail } from '../model/errors.ts';
import { select } from '../query/select.ts';
import { parseV1 } from '../query/v1.ts';
import { parseV2 } from '../query/v2.ts';
import { USER_QUERY_FIELDS } from '../store/user-fields.ts';
import type { Context, Output, Params } from './context.ts';

/** GET /users. doc: Retrieve Users V1, and the error while it is switched off. */
export function list(context: Context, params: Params): Output {
  const { app, settings, rules, users } = context;
  if (settings.disable_list_users_v1 || !settings.allow_list_users) fail('list_disabled', { application: app.id });
  const query = parseV1(params, USER_QUERY_FIELDS, rules.v1);
  const { total, records } = select(users, query, USER_QUERY_FIELDS);
  const per_page = total === 0 && rules.emptyPerPageZero ? 0 : query.per_page;
  return { kind: 'page', page: query.page, per_page, total, users: records };
}

/** GET /users/v2. doc: Retrieve Users V2. */
export function listV2(context: Context, params: Params): Output {
  const query = parseV2(params, USER_QUERY_FIELDS);
  const { total, records } = select(context.users, query, USER_QUERY_FIELDS);
  return { kind: 'slice', limit: query.limit, skip: query.skip, total, users: records };
}
