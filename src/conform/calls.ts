import type { Dialect } from '../dialects/dialect.ts';
import type { Settings } from '../model/records.ts';

/** Who makes a call: nobody, the application, or one of the users of the run. `unknown` has a token that no service knows. */
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

/** What the calls of a run depend on. The names are the same for both services, ids and tokens are each one's own. */
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

/** What an application's settings and service allow to be asked. */
export interface Circumstances {
  readonly dialect: Dialect;
  readonly settings: Readonly<Settings>;
  /** Sessions are signed: the application's secret is known. */
  readonly signs: boolean;
}

/** Asks for one row of the tables. */
export interface Probe {
  /** The row that the answer testifies for: `error:taken`, `operation:users.show`. */
  readonly of: string;
  readonly as: CallerName;
  readonly call: (world: World) => Call;
  /** Where it can be asked; everywhere, if not given. */
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
