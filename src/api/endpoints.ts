import { accountSettings } from '../core/account.ts';
import type {
  AccountContext,
  ApplicationContext,
  CallerContext,
  Output,
  OutputKind,
  Params,
  SessionContext,
  UserContext,
} from '../core/context.ts';
import * as listing from '../core/listing.ts';
import * as lookups from '../core/lookups.ts';
import { resetPassword } from '../core/password-reset.ts';
import * as sessions from '../core/sessions.ts';
import { USER_PARAMS } from '../core/user-input.ts';
import * as users from '../core/users.ts';
import { doc, type Evidence, type EvidenceInput, evidenceList, guess, log, sdk } from '../model/evidence.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import { ANY_TOKEN, IN_NOTHING, IN_ONE, openUsesOfIn, usesProvider } from './uses.ts';

/** The callers of an operation, and the context that its rule gets for them. */
export interface ContextOf {
  /** Anyone, even without the credentials of an application. */
  readonly anyone: AccountContext;
  /** Anyone who names a registered application. */
  readonly application: ApplicationContext;
  /** Anyone with an application's key or any session. */
  readonly key: ApplicationContext;
  /** Anyone with a session or an API key. */
  readonly caller: CallerContext;
  /** Anyone with a user's session or an API key. */
  readonly editor: CallerContext;
  /** Anyone with a session. */
  readonly session: SessionContext;
  /** Anyone with a user's session. */
  readonly user: UserContext;
}

export type Access = keyof ContextOf;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** A rule of the core. `id` is the one in the path. */
type Rule<A extends Access, O extends Output> = (context: ContextOf[A], params: Params, id: string) => O;

interface Row<N extends string, A extends Access> {
  readonly operation: N;
  readonly method: Method;
  /** `:id` stands for one segment. Suffixes for formats are not part of it. */
  readonly path: string;
  readonly access: A;
  readonly status: number;
  readonly run: Rule<A, Output>;
  /** The kind of its answer, or the kinds among which the dialects choose. */
  readonly answers: readonly OutputKind[];
  /**
   * The parameters that the documents list: `user[login]` is one inside an object, a bare name stands for everything inside it.
   * Those that only one service's documents lack are listed in its dialect.
   */
  readonly params: readonly string[];
  /** The documents mark it as deprecated. */
  readonly deprecated?: true;
  /** The setting that forbids it. */
  readonly forbiddenBy?: 'disable_list_users_v1' | 'disable_lookups_v1';
  /** The uses in a request of which some pieces of the evidence speak alone. */
  readonly uses?: (params: Params) => readonly string[];
  /** Another path or method for an operation, which SDKs use and the documents don't show. */
  readonly alias?: true;
  readonly evidence: readonly Evidence[];
}

interface Details<K extends OutputKind>
  extends Partial<Pick<Row<string, Access>, 'params' | 'deprecated' | 'forbiddenBy' | 'uses' | 'alias'>> {
  readonly answers: K | readonly K[];
  readonly evidence: EvidenceInput;
}

/** A row. It compiles only if the rule accepts the context of its access and returns the kinds in `answers`. */
function endpoint<N extends string, A extends Access, K extends OutputKind>(
  operation: N,
  route: `${Method} /${string}`,
  access: A,
  status: number,
  run: Rule<A, NoInfer<Output<K>>>,
  { answers, params = [], evidence, ...flags }: Details<K>,
): Row<N, A> {
  const [method, path] = route.split(' ') as [Method, string];
  return {
    operation,
    method,
    path,
    access,
    status,
    run,
    answers: [answers].flat(),
    params,
    evidence: evidenceList(evidence),
    ...flags,
  };
}

const deprecated = true;
const alias = true;
/** Of the look-ups that the admin panel's option covers. */
const V1_LOOKUP = { deprecated, forbiddenBy: 'disable_lookups_v1' } as const;

const inUser = (names: readonly string[]) => names.map((name) => `user[${name}]`);
const PAGE = ['page', 'per_page'];
const CREDENTIALS = ['login', 'email', 'password'];
/** Proof of an account elsewhere. */
const PROVIDER = ['provider', 'scope', 'keys', 'twitter_digits', 'firebase_phone', 'firebase_email'];
const SIGNING = ['timestamp', 'nonce', 'signature'];
const SESSION_PARAMS = [
  'application_id',
  'auth_key',
  ...SIGNING,
  ...inUser([...CREDENTIALS, 'guest', 'full_name']),
  ...PROVIDER,
];
const V2_FIELDS = USER_FIELD_NAMES.filter((name) => USER_FIELDS[name].v2);

/** The table of contents: every operation that is emulated. Its type has their names. */
export const TABLE = [
  endpoint('account_settings', 'GET /account_settings', 'anyone', 200, accountSettings, {
    answers: 'account_settings',
    evidence: [
      log('q-municate-android#132, the body'),
      sdk(
        'JS, Android, iOS: the first call, with an account key and a default endpoint; Android of the successor, too',
      ),
    ],
  }),
  endpoint('session.create', 'POST /session', 'application', 201, sessions.create, {
    params: SESSION_PARAMS,
    answers: 'session',
    evidence: [doc('auth'), log('flutter-samples#93, the body'), ANY_TOKEN],
    uses: usesProvider,
  }),
  endpoint('session.create', 'POST /auth', 'application', 201, sessions.create, {
    alias,
    params: SESSION_PARAMS,
    answers: 'session',
    evidence: [sdk('a Ruby gem'), ANY_TOKEN],
    uses: usesProvider,
  }),
  endpoint('session.show', 'GET /session', 'session', 200, sessions.show, {
    answers: 'session',
    evidence: doc('auth'),
  }),
  endpoint('session.destroy', 'DELETE /session', 'session', 200, sessions.destroy, {
    answers: 'blank',
    evidence: doc('auth'),
  }),
  endpoint('session.destroy', 'DELETE /session/list', 'user', 200, sessions.destroyOthers, {
    alias,
    answers: 'blank',
    evidence: sdk('Dart, Android, iOS'),
  }),
  endpoint('session.destroy', 'DELETE /session/:id', 'user', 200, sessions.destroyOne, {
    alias,
    answers: 'blank',
    evidence: sdk('Dart, Android, iOS'),
  }),
  endpoint('login', 'POST /login', 'session', 202, sessions.login, {
    params: [...CREDENTIALS, ...PROVIDER],
    answers: 'user',
    evidence: [log('flutter-samples#30, the status'), ANY_TOKEN],
    uses: usesProvider,
  }),
  endpoint('logout', 'DELETE /login', 'session', 200, sessions.logout, {
    answers: 'blank',
    evidence: sdk('JS, Dart'),
  }),

  endpoint('users.create', 'POST /users', 'key', 201, users.create, {
    params: inUser(USER_PARAMS),
    answers: 'user',
    evidence: doc('users/user-sign-up'),
  }),
  endpoint('users.list_v2', 'GET /users/v2', 'caller', 200, listing.listV2, {
    params: [...V2_FIELDS, 'limit', 'offset', 'sort_asc', 'sort_desc'],
    answers: 'slice',
    evidence: doc('users/retrieve-users-v2'),
  }),
  endpoint('users.online', 'GET /users/online', 'caller', 200, listing.online, {
    params: ['count', 'limit', 'offset'],
    answers: ['online', 'count'],
    evidence: [sdk('JS from 4, keys of the answer'), guess('keys of a user as in V2'), guess('who counts as online')],
  }),
  endpoint('users.list', 'GET /users', 'caller', 200, listing.list, {
    deprecated,
    forbiddenBy: 'disable_list_users_v1',
    params: [...PAGE, 'filter', 'order'],
    answers: 'page',
    evidence: [
      doc('users/retrieve-users-v1'),
      sdk('JS, React Native and Flutter samples of the ancestor, where `in` with one text finds parts of names', [
        IN_ONE,
      ]),
      guess('`in` without a value finds nobody', [IN_NOTHING]),
    ],
    uses: openUsesOfIn,
  }),
  endpoint('users.by_login', 'GET /users/by_login', 'caller', 200, lookups.byField('login'), {
    ...V1_LOOKUP,
    params: ['login'],
    answers: 'user',
    evidence: doc('users/retrieve-user-by-login'),
  }),
  endpoint('users.by_full_name', 'GET /users/by_full_name', 'caller', 200, lookups.byFullName, {
    deprecated,
    params: ['full_name', ...PAGE],
    answers: 'page',
    evidence: doc('users/retrieve-users-by-full-name'),
  }),
  endpoint('users.by_facebook_id', 'GET /users/by_facebook_id', 'caller', 200, lookups.byField('facebook_id'), {
    ...V1_LOOKUP,
    params: ['facebook_id'],
    answers: 'user',
    evidence: doc('users/retrieve-user-by-facebook-identifier'),
  }),
  endpoint('users.by_twitter_id', 'GET /users/by_twitter_id', 'caller', 200, lookups.byField('twitter_id'), {
    ...V1_LOOKUP,
    params: ['twitter_id'],
    answers: 'user',
    evidence: doc('users/retrieve-user-by-twitter-identifier'),
  }),
  endpoint('users.by_email', 'GET /users/by_email', 'caller', 200, lookups.byField('email'), {
    ...V1_LOOKUP,
    params: ['email'],
    answers: 'user',
    evidence: doc('users/retrieve-user-by-email'),
  }),
  endpoint('users.by_tags', 'GET /users/by_tags', 'caller', 200, lookups.byTags, {
    ...V1_LOOKUP,
    params: ['tags', ...PAGE],
    answers: 'page',
    evidence: doc('users/retrieve-users-by-tags'),
  }),
  endpoint('users.by_phone', 'GET /users/phone', 'caller', 200, lookups.byPhone, {
    params: ['phone'],
    answers: ['user', 'page'],
    evidence: [sdk('JS'), log('reactnative-samples#152, 2020-11, when the service did not know this path yet')],
  }),
  endpoint('users.by_phone', 'GET /users/by_phone', 'caller', 200, lookups.byPhone, {
    alias,
    params: ['phone'],
    answers: ['user', 'page'],
    evidence: sdk('Dart'),
  }),
  endpoint('users.external.show', 'GET /users/external/:id', 'caller', 200, lookups.byExternalId, {
    ...V1_LOOKUP,
    answers: 'user',
    evidence: doc('users/retrieve-user-by-external-user-id'),
  }),
  endpoint('users.external.destroy', 'DELETE /users/external/:id', 'editor', 200, users.destroyExternal, {
    answers: 'blank',
    evidence: doc('users/delete-user-by-external-user-id'),
  }),
  endpoint('users.password_reset', 'GET /users/password/reset', 'caller', 200, resetPassword, {
    params: ['email'],
    answers: 'blank',
    evidence: doc('users/reset-user-password-by-email'),
  }),
  endpoint('users.password_reset', 'POST /users/password/reset', 'caller', 200, resetPassword, {
    alias,
    params: ['email'],
    answers: 'blank',
    evidence: sdk('JS from 4'),
  }),
  endpoint('users.show', 'GET /users/:id', 'caller', 200, users.show, {
    ...V1_LOOKUP,
    answers: 'user',
    evidence: doc('users/show-user-by-identifier'),
  }),
  endpoint('users.update', 'PUT /users/:id', 'editor', 200, users.update, {
    params: inUser([...USER_PARAMS, 'old_password']),
    answers: 'user',
    evidence: doc('users/update-user-by-identifier'),
  }),
  endpoint('users.destroy', 'DELETE /users/:id', 'editor', 200, users.destroy, {
    answers: 'blank',
    evidence: doc('users/delete-user-by-identifier'),
  }),
];

/** A row of the table; with its access as a parameter, its rule's context is known. */
export type Endpoint<A extends Access = Access> = { [Each in A]: Row<(typeof TABLE)[number]['operation'], Each> }[A];

export const ENDPOINTS: readonly Endpoint[] = TABLE;
