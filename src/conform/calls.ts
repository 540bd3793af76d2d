import type { Dialect, Format } from '../dialects/dialect.ts';
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
  /** In the query of GET and DELETE, where each value of a list repeats the name; otherwise in a JSON body. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** A body as it is, with its type. */
  readonly raw?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** The format that the path's suffix names: `json`, where a service has several formats; `none`: without a suffix. */
  readonly format?: Format | 'none';
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
  /** The ids of the callers' sessions, once they have one. */
  readonly sessions: Readonly<Partial<Record<CallerName, number>>>;
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
  /** The key of its account, which SDKs send for the account's settings. */
  readonly account_key?: string | undefined;
}

/** The facts about an application and its service that decide which questions have an answer. */
export interface Circumstances {
  readonly dialect: Dialect;
  readonly settings: Readonly<Settings>;
  readonly app: ProbeApplication;
}

/** A condition of a question. */
export interface Need {
  readonly isMet: (circumstances: Circumstances) => boolean;
  /** Why the question isn't asked otherwise: `its lists are disabled`. */
  readonly otherwise: string;
  /** It depends on the service alone, whatever the application: without it there is nothing to ask. */
  readonly ofService?: true;
}

/** A question, with the row of the tables that its answer testifies for. */
export interface Probe {
  /** By the name that the evidence of a run has for it: `error:taken:login`, `operation:users.show`. */
  readonly of: string;
  /** Its difference from the other questions about this row: `an address in capitals`. */
  readonly variant?: string;
  /** An assumption that the answer settles beside those of the tables; comments of the source mark these with `guess:`. */
  readonly guess?: string;
  /** The services for which it is a guess; all, if not given. */
  readonly guessIf?: (dialect: Dialect) => boolean;
  readonly as: CallerName;
  readonly call: (world: World) => Call;
  readonly needs?: readonly Need[];
  /** It creates and changes nothing, and needs no user. */
  readonly readOnly?: true;
  /** Values of a success that are compared, beside keys and types: `items.length`, `user.website`. */
  readonly values?: readonly string[];
  /** Headers whose presence is compared, although the emulator may not promise them. */
  readonly headers?: readonly string[];
  /** The only status of an answer that teaches: with any other, the service has applied another rule. */
  readonly teachesWith?: number;
  /** The service may close the connection instead of answering: then that is its answer. */
  readonly mayBreak?: true;
}

/** An answer of a service. */
export interface Answer {
  /** 0: the connection was closed without one. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The value of JSON or XML; undefined for anything else. */
  readonly body: unknown;
}
