import { fail } from '../model/errors.ts';
import type { User } from '../model/records.ts';
import { select } from '../query/select.ts';
import { type Page, parseV1 } from '../query/v1.ts';
import { parseV2 } from '../query/v2.ts';
import type { ApplicationContext, Output, Params, SessionContext } from './context.ts';

/** GET /users. doc: users/retrieve-users-v1. @throws ApiError `list_disabled`, and those of the query */
export function list(context: SessionContext, params: Params): Output<'page'> {
  const { app, settings, rules, users } = context;
  if (settings.disable_list_users_v1 || !settings.allow_list_users) fail('list_disabled', { application: app.id });
  const query = parseV1(params, rules.v1);
  const { total, records } = select(users, query);
  return pageOf(context, query, total, records);
}

/** GET /users/v2. doc: users/retrieve-users-v2. @throws ApiError those of the query */
export function listV2({ users }: SessionContext, params: Params): Output<'slice'> {
  const query = parseV2(params);
  const { total, records } = select(users, query);
  return { kind: 'slice', limit: query.limit, skip: query.skip, total, users: records };
}

/** A page of the users that were found. @param total of all pages */
export function pageOf(
  { rules }: ApplicationContext,
  { page, per_page }: Page,
  total: number,
  users: readonly User[],
): Output<'page'> {
  return { kind: 'page', page, per_page: total === 0 && rules.emptyPerPageZero ? 0 : per_page, total, users };
}
