import { fail } from '../model/errors.ts';
import type { User, UserField } from '../model/records.ts';
import { readTags } from '../model/tags.ts';
import type { Query } from '../query/condition.ts';
import { select } from '../query/select.ts';
import { type Page, parsePage } from '../query/v1.ts';
import { USER_QUERY_FIELDS } from '../store/user-fields.ts';
import { asList, normalizePhone, scalarText } from '../support/values.ts';
import type { Context, Output, Params } from './context.ts';
import { findExternal } from './users.ts';

/** The look-up of one user by a field that the parameter of the same name gives. doc: by_login, by_email, by_facebook_id … */
export function byField(field: UserField): (context: Context, params: Params) => Output {
  return ({ users }, params) => ({
    kind: 'user',
    user: users.find(field, required(params, field)) ?? fail('user_not_found'),
  });
}

/** GET /users/external/{id}. doc: Retrieve User by external user id. */
export function byExternalId(context: Context, _params: Params, id: string): Output {
  return { kind: 'user', user: findExternal(context, id) ?? fail('user_not_found') };
}

/** GET /users/by_full_name. doc: the name; guess: any part of it, in any case (the ancestor's search). */
export function byFullName(context: Context, params: Params): Output {
  const name = required(params, 'full_name').toLowerCase();
  const page = parsePage(params);
  const matches: User[] = [];
  for (const user of context.users.values()) if (user.full_name?.toLowerCase().includes(name)) matches.push(user);
  return pageOf(
    context,
    page,
    matches.length,
    matches.slice((page.page - 1) * page.per_page, page.page * page.per_page),
  );
}

/** GET /users/by_tags. doc: "At least one specified tag must match"; the ancestor wants all of them (log). */
export function byTags(context: Context, params: Params): Output {
  const tags = readTags(required(params, 'tags') && params.tags);
  if (tags.length === 0) fail('param_required', { field: 'tags' });
  const groups = context.rules.tagsMatch === 'all' ? tags.map((tag) => [tag]) : [tags];
  return selectPage(
    context,
    params,
    groups.map((values) => ({ field: 'user_tags', op: 'in', values })),
  );
}

/** GET /users/phone and /users/by_phone. sdk: the first as the JS SDKs send it, the second as the Dart SDK does. */
export function byPhone(context: Context, params: Params): Output {
  const { users, rules } = context;
  const phone = normalizePhone(required(params, 'phone'));
  if (rules.phoneLookup === 'user') return { kind: 'user', user: users.find('phone', phone) ?? fail('user_not_found') };
  return selectPage(context, params, [{ field: 'phone', op: 'in', values: [phone] }]);
}

function selectPage(context: Context, params: Params, where: Query['where']): Output {
  const page = parsePage(params);
  const query: Query = { where, order: [], skip: (page.page - 1) * page.per_page, limit: page.per_page };
  const { total, records } = select(context.users, query, USER_QUERY_FIELDS);
  return pageOf(context, page, total, records);
}

/** A page of users, or what the service answers when there is none at all. */
export function pageOf({ rules }: Context, { page, per_page }: Page, total: number, users: readonly User[]): Output {
  if (total === 0 && rules.noneFound === 'error') fail('no_users_found');
  return { kind: 'page', page, per_page: total === 0 && rules.emptyPerPageZero ? 0 : per_page, total, users };
}

/** The text of a parameter that must be there. */
export function required(params: Params, field: string): string {
  const given = params[field];
  const text = (asList(given) ?? [given]).map((each) => scalarText(each) ?? '').join();
  return text === '' ? fail('param_required', { field }) : text;
}
