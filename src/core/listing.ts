import { fail } from '../model/errors.ts';
import type { User } from '../model/records.ts';
import { select } from '../query/select.ts';
import { type Page, parseV1 } from '../query/v1.ts';
import { parsePageV2, parseV2 } from '../query/v2.ts';
import { isoSeconds } from '../support/dates.ts';
import { scalarText } from '../support/values.ts';
import type { CallerContext, Output, Params } from './context.ts';

/** GET /users. doc: users/retrieve-users-v1. @throws ApiError `list_disabled`, and those of the query */
export function list(context: CallerContext, params: Params): Output<'page'> {
  const { app, settings, rules, users } = context;
  if (!settings.allow_list_users) fail('list_disabled', { application: app.id });
  const query = parseV1(params, rules.v1);
  const { total, records } = select(users, query);
  return pageOf(query, total, records);
}

/** GET /users/v2. doc: users/retrieve-users-v2. @throws ApiError those of the query */
export function listV2({ users }: CallerContext, params: Params): Output<'slice'> {
  const query = parseV2(params);
  const { total, records } = select(users, query);
  return { kind: 'slice', limit: query.limit, skip: query.skip, total, users: records };
}

/** How long (ms) a user counts as online after a request. guess: a few minutes. */
const ONLINE_FOR = 5 * 60_000;

/**
 * GET /users/online: the users who made a request within the last five minutes, are connected to the chat, or ask now; by id.
 * With `count=true`, their number. sdk: JS from 4.
 * @throws ApiError `online_disabled`, `query_page`
 */
export function online(context: CallerContext, params: Params): Output<'online' | 'count'> {
  const { app, settings, users, clock, user: caller, chatConnections } = context;
  if (!settings.allow_online_users) fail('online_disabled', { application: app.id });
  const { limit, skip } = parsePageV2(params);
  const since = isoSeconds(clock.now() - ONLINE_FOR);
  const connected = new Set<number>();
  for (const { application_id, user_id } of chatConnections) if (application_id === app.id) connected.add(user_id);
  const found: User[] = [];
  for (const user of users.values()) {
    const isRecent = user.last_request_at !== null && user.last_request_at > since;
    if (isRecent || user.id === caller?.id || connected.has(user.id)) found.push(user);
  }
  if (/^(true|1)$/.test(scalarText(params.count) ?? '')) return { kind: 'count', count: found.length };
  return { kind: 'online', users: found.slice(skip, skip + limit) };
}

/** A page of the users that were found. @param total of all pages */
export function pageOf(
  { page, per_page }: Pick<Page, 'page' | 'per_page'>,
  total: number,
  users: readonly User[],
): Output<'page'> {
  return { kind: 'page', page, per_page, total, users };
}
