import type { Dialect } from '../dialects/dialect.ts';
import type { Settings } from '../model/records.ts';

/** The caller of a probe: nobody, the application, or one of the users of the run. `unknown` has a token that no service knows. */
export type CallerName = 'nobody' | 'unknown' | 'app' | 'visitor' | UserName;

/** The users of a run. `a` and `b` stay until the end, the others are deleted by a probe. */
export const USER_NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
export type UserName = (typeof USER_NAMES)[number];

/** A call of a probe. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** In the query of GET and DELETE, otherwise in a JSON body. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** A body as it is, with its type. */
  readonly raw?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** A user whom the run has signed up. */
export interface ProbeUser {
  readonly login: string;
  readonly password: string;
  readonly email: string;
  readonly full_name: string;
  readonly phone: string;
  readonly external_user_id: number;
  readonly facebook_id: string;
  readonly twitter_id: string;
  readonly user_tags: string;
  readonly id: number;
}

/** The values that a run's calls contain. The names are the same for both services; each service has its own ids and tokens. */
export interface World {
  readonly dialect: Dialect;
  readonly app: ProbeApplication;
  /** Without users, in a run that only reads, their ids are 0. */
  readonly users: Readonly<Record<UserName, ProbeUser>>;
  /** A name that nobody has: `ue-conform-x7k2p9-new1`. */
  readonly newName: (suffix: string) => string;
  /** The parameters of a new session of the application, signed where it has a secret. */
  readonly session: (more?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** The same without a signature. */
  readonly unsignedSession: () => Readonly<Record<string, unknown>>;
}

/** The application that the run uses. */
export interface ProbeApplication {
  readonly id: number;
  readonly auth_key: string;
  readonly auth_secret: string | null;
}

/** The settings and the service of an application. Some probes need certain ones. */
export interface Circumstances {
  readonly dialect: Dialect;
  readonly settings: Readonly<Settings>;
  /** Sessions are signed: the application's secret is known. */
  readonly signs: boolean;
}

/** A call that shows one row of the tables. */
export interface Probe {
  /** The row for which the answer is evidence: `error:taken`, `operation:users.show`. */
  readonly of: string;
  readonly as: CallerName;
  readonly call: (world: World) => Call;
  /** Whether these settings and this service allow the call; always, if not given. */
  readonly when?: (circumstances: Circumstances) => boolean;
  /** It creates and changes nothing, and needs no user. */
  readonly readOnly?: true;
}

/** An answer of a service. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The value of JSON; undefined for anything else. */
  readonly body: unknown;
}
