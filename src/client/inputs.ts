import type { OperationName } from '../api/operation-names.ts';
import type { UserOrder } from '../control/user-order.ts';
import type { Settings, UserField } from '../model/records.ts';
import type { StubOperation } from '../sandbox/faults.ts';

/** Selects the application by its id; without it, the default one (see `apps.list`). */
export interface ApplicationScope {
  readonly app?: number;
}

/** Admin settings by name. A value may also be given as text, as on the command line. */
export type SettingChanges = { readonly [N in keyof Settings]?: Settings[N] | string };

/** The fields of a new user, or those to change. null removes a value. */
export type UserFields = Partial<Record<Exclude<UserField, 'user_tags'>, string | number | null>> & {
  readonly password?: string;
  /** `vip,new` or `['vip', 'new']` */
  readonly user_tags?: string | readonly string[] | null;
};

/** A page of users. */
export interface UserPage extends ApplicationScope {
  /** How many to skip: 0 if not given. */
  readonly offset?: number;
  /** How many to return at most: 100 if not given. */
  readonly limit?: number;
  /** Only users whose id, login, email, name or phone contains this text. */
  readonly search?: string;
  /** The field that orders them, with `-` before it descending: by id if not given. */
  readonly sort?: UserOrder;
}

/** An ISO time such as `2026-01-01T00:00:00Z`, ms since 1970, or a Date. */
export type Time = string | number | Date;

/** How many requests: exactly this many, or at least `min` and at most `max`. */
export type RequestCount = number | { readonly min?: number; readonly max?: number };

/** An expectation of the requests in the journal: give `match`, or `order`. */
export interface RequestExpectation {
  readonly match?: RequestMatch;
  /** Instead of `match`: requests that came one after the other, maybe with others between them. */
  readonly order?: readonly RequestMatch[];
  /** How many match: 1 if not given. */
  readonly times?: RequestCount;
  /** ms, or a duration such as `'2s'`: passes as soon as the expectation is met in this time. Without it, it has to be met now. */
  readonly within?: string | number;
  /** ms, or a duration such as `'500ms'`: passes when none matches, and none comes in this time. */
  readonly never?: string | number;
}

/** The requests of a list: those that match; only those after the id `after`, and at most `limit`, the newest. */
export interface RequestFilter extends Omit<RequestMatch, 'params'> {
  readonly after?: number;
  readonly limit?: number;
}

/** The requests that have every given property. */
export interface RequestMatch {
  /** The name of an endpoint, such as `users.create`, or `stub:<name>`. */
  readonly operation?: OperationName | StubOperation;
  readonly method?: string;
  /** Without the query string and the suffix; `*` stands for any text. */
  readonly path?: string;
  /** The value of the request's `X-Emulator-Request-Tag` header. */
  readonly tag?: string;
  readonly status?: number;
  /** The id of the session's user. */
  readonly user?: number;
  readonly app?: number;
  /** Parameters of query and body, as nested as they were sent, compared as text. The request may have others. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The options of `connect`. */
export interface ConnectOptions {
  readonly adminToken?: string | undefined;
  readonly fetch?: typeof fetch;
}
