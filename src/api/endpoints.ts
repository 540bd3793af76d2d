import type { Context, Output, Params } from '../core/context.ts';
import * as listing from '../core/listing.ts';
import * as lookups from '../core/lookups.ts';
import { resetPassword } from '../core/password-reset.ts';
import * as sessions from '../core/sessions.ts';
import * as users from '../core/users.ts';

/**
 * Who may call: anyone with a registered application (`application`), an application's key or any session (`key`), any session
 * (`session`), a user's session (`user`).
 */
export type Access = 'application' | 'key' | 'session' | 'user';

export interface Endpoint<N extends string = string> {
  readonly operation: N;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** `:id` stands for one segment. Suffixes for formats are not part of it. */
  readonly path: string;
  readonly access: Access;
  readonly status: number;
  /** Reads the parameters and runs the rule. `id` is the path's. */
  readonly run: (context: Context, params: Params, id: string) => Output;
  readonly deprecated?: true;
  /** The SDKs' own path or method of an operation that the documents show with another. */
  readonly alias?: true;
  readonly evidence: string;
}

const endpoint = <N extends string>(
  operation: N,
  route: `${Endpoint['method']} /${string}`,
  access: Access,
  status: number,
  run: Endpoint['run'],
  evidence: string,
  more: Pick<Endpoint, 'deprecated' | 'alias'> = {},
): Endpoint<N> => {
  const [method, path] = route.split(' ') as [Endpoint['method'], string];
  return { operation, method, path, access, status, run, evidence, ...more };
};

const deprecated = { deprecated: true } as const;
const alias = { alias: true } as const;

/** The table of contents: every operation that is emulated. */
export const ENDPOINTS = [
  endpoint('session.create', 'POST /session', 'application', 201, sessions.create, 'doc: the auth page; log: the body'),
  endpoint('session.show', 'GET /session', 'session', 200, sessions.show, 'doc: the auth page'),
  endpoint('session.destroy', 'DELETE /session', 'session', 200, sessions.destroy, 'doc: the auth page'),
  endpoint('session.destroy', 'DELETE /session/:id', 'user', 200, sessions.destroyOther, 'sdk: Dart', alias),
  endpoint('login', 'POST /login', 'session', 202, sessions.login, 'log: 202'),
  endpoint('logout', 'DELETE /login', 'session', 200, sessions.logout, 'sdk'),

  endpoint('users.create', 'POST /users', 'key', 201, users.create, 'doc'),
  endpoint('users.list_v2', 'GET /users/v2', 'session', 200, listing.listV2, 'doc'),
  endpoint('users.list', 'GET /users', 'session', 200, listing.list, 'doc', deprecated),
  endpoint('users.by_login', 'GET /users/by_login', 'session', 200, lookups.byField('login'), 'doc', deprecated),
  endpoint('users.by_full_name', 'GET /users/by_full_name', 'session', 200, lookups.byFullName, 'doc', deprecated),
  endpoint(
    'users.by_facebook_id',
    'GET /users/by_facebook_id',
    'session',
    200,
    lookups.byField('facebook_id'),
    'doc',
    deprecated,
  ),
  endpoint(
    'users.by_twitter_id',
    'GET /users/by_twitter_id',
    'session',
    200,
    lookups.byField('twitter_id'),
    'doc',
    deprecated,
  ),
  endpoint('users.by_email', 'GET /users/by_email', 'session', 200, lookups.byField('email'), 'doc', deprecated),
  endpoint('users.by_tags', 'GET /users/by_tags', 'session', 200, lookups.byTags, 'doc', deprecated),
  endpoint('users.by_phone', 'GET /users/phone', 'session', 200, lookups.byPhone, 'sdk: JS'),
  endpoint('users.by_phone', 'GET /users/by_phone', 'session', 200, lookups.byPhone, 'sdk: Dart', alias),
  endpoint('users.external.show', 'GET /users/external/:id', 'session', 200, lookups.byExternalId, 'doc', deprecated),
  endpoint('users.external.destroy', 'DELETE /users/external/:id', 'user', 200, users.destroyExternal, 'doc'),
  endpoint('users.password_reset', 'GET /users/password/reset', 'session', 200, resetPassword, 'doc'),
  endpoint(
    'users.password_reset',
    'POST /users/password/reset',
    'session',
    200,
    resetPassword,
    'sdk: JS from 4',
    alias,
  ),
  endpoint('users.show', 'GET /users/:id', 'session', 200, users.show, 'doc', deprecated),
  endpoint('users.update', 'PUT /users/:id', 'user', 200, users.update, 'doc'),
  endpoint('users.destroy', 'DELETE /users/:id', 'user', 200, users.destroy, 'doc'),
] satisfies readonly Endpoint[];

/** The names of the operations. */
export type OperationName = (typeof ENDPOINTS)[number]['operation'];

/** First segments of the vendors' other modules, and single routes (sdk: their calls): answered with 501, not with an error of the API. */
export const NOT_EMULATED: readonly string[] = [
  '/users/online',
  '/session/web',
  '/account_settings',
  '/address_book',
  '/admin',
  '/auth',
  '/blobs',
  '/calls',
  '/chat',
  '/data',
  '/events',
  '/meetings',
  '/pages',
  '/push_tokens',
  '/storage',
  '/subscriptions',
  '/whiteboards',
];
