import { fail } from '../model/errors.ts';
import type { User, UserField } from '../model/records.ts';
import { readTags } from '../model/tags.ts';
import type { Query } from '../query/condition.ts';
import { select } from '../query/select.ts';
import { type Page, parsePage } from '../query/v1.ts';
import { lastOf, normalizePhone, scalarText } from '../support/values.ts';
import type { ApplicationContext, CallerContext, Output, Params } from './context.ts';
import { pageOf } from './listing.ts';
import { findExternal } from './users.ts';

/**
 * The look-up of one user by a field, whose value is in the parameter of the same name. doc: users/retrieve-user-by-login and so on.
 * @returns a rule that throws ApiError `param_required`, `user_not_found`
 */
export function byField(field: UserField): (context: CallerContext, params: Params) => Output<'user'> {
  return ({ users }, params) => ({
    kind: 'user',
    user: users.find(field, required(params, field)) ?? fail('user_not_found'),
  });
}

/** GET /users/external/{id}. doc: users/retrieve-user-by-external-user-id. @throws ApiError `user_not_found` */
export function byExternalId(context: CallerContext, _params: Params, id: string): Output<'user'> {
  return { kind: 'user', user: findExternal(context, id) ?? fail('user_not_found') };
}

/**
 * GET /users/by_full_name. doc: users/retrieve-users-by-full-name. guess: any part of the name, in any case, as the ancestor searches.
 * @throws ApiError `param_required`, `no_users_found`
 */
export function byFullName(context: CallerContext, params: Params): Output<'page'> {
  const name = required(params, 'full_name').toLowerCase();
  const page = parsePage(params);
  const matches: User[] = [];
  for (const user of context.users.values()) if (user.full_name?.toLowerCase().includes(name)) matches.push(user);
  return foundPage(context, page, matches.length, matches.slice(page.skip, page.skip + page.per_page));
}

/**
 * GET /users/by_tags. doc: users/retrieve-users-by-tags, "At least one specified tag must match". log: android-sdk#38, the
 * ancestor wants all of them to match.
 * @throws ApiError `param_required`, `no_users_found`
 */
export function byTags(context: CallerContext, params: Params): Output<'page'> {
  const tags = readTags(params.tags);
  if (tags.length === 0) fail('param_required', { field: 'tags' });
  const groups = context.rules.tagsMatch === 'all' ? tags.map((tag) => [tag]) : [tags];
  return selectPage(
    context,
    params,
    groups.map((values) => ({ field: 'user_tags', op: 'in', values })),
  );
}

/**
 * GET /users/phone and /users/by_phone. sdk: JS sends the first, Dart the second.
 * @throws ApiError `param_required`, `user_not_found`, `no_users_found`
 */
export function byPhone(context: CallerContext, params: Params): Output<'user' | 'page'> {
  const { users, rules } = context;
  const phone = normalizePhone(required(params, 'phone'));
  if (rules.phoneLookup === 'user') return { kind: 'user', user: users.find('phone', phone) ?? fail('user_not_found') };
  return selectPage(context, params, [{ field: 'phone', op: 'in', values: [phone] }]);
}

function selectPage(context: ApplicationContext, params: Params, where: Query['where']): Output<'page'> {
  const page = parsePage(params);
  const query: Query = { where, order: [], skip: page.skip, limit: page.per_page };
  const { total, records } = select(context.users, query);
  return foundPage(context, page, total, records);
}

/** @throws ApiError `no_users_found` where the service treats a look-up without results as an error */
function foundPage(context: ApplicationContext, page: Page, total: number, users: readonly User[]): Output<'page'> {
  if (total === 0 && context.rules.noneFound === 'error') fail('no_users_found');
  return pageOf(page, total, users);
}

/** The text of a parameter; of a repeated one, the last. @throws ApiError `param_required` when there is none */
export function required(params: Params, field: string): string {
  const text = scalarText(lastOf(params[field])) ?? '';
  return text === '' ? fail('param_required', { field }) : text;
}
