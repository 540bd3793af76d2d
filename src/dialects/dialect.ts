import type { OperationName } from '../api/operation-names.ts';
import type { Rules } from '../core/context.ts';
import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Session, Settings, User } from '../model/records.ts';
import { memoizePerSecond } from '../support/clock.ts';

export type Format = 'json' | 'xml';

/** Facts that the headers of an answer depend on. */
export interface ResponseFacts {
  readonly operation: OperationName | undefined;
  readonly status: number;
  readonly method: string;
  /** The end (ms) of the session that was used or made, before and after this request moved it; undefined without a session. */
  readonly expiry: { readonly before: number; readonly after: number } | undefined;
}

/** The keys of a presented user in order, each with a function that reads its value. `owner_id` is that of the application. */
export type UserView = readonly (readonly [name: string, read: (user: User, owner_id: number | null) => unknown])[];
export type SessionView = readonly (readonly [name: string, read: (session: Session) => unknown])[];

/** A key whose value is the user's field of the same name. */
export const field = (name: keyof User): UserView[number] => [name, (user) => user[name]];

/** The keys of records in one format, in order. */
export interface FormatView {
  readonly user: UserView;
  /** For operations whose users have other keys, or another order. */
  readonly userOf?: Readonly<Partial<Record<OperationName, UserView>>>;
  readonly session: SessionView;
}

/** Where a service's documents differ from the table of endpoints: warnings depend on it, answers never do. */
export interface Documents {
  /** They mark the table's deprecated operations as deprecated. */
  readonly deprecates: boolean;
  /** Operations that they lack, or the parameters of an operation that they lack. */
  readonly missing: Readonly<Partial<Record<OperationName, 'all' | readonly string[]>>>;
  /** Parameters that they mark as deprecated. */
  readonly deprecatedParams: readonly string[];
  /** The form of dates that they ask for in filters; undefined: they don't say. */
  readonly filterDates: RegExp | undefined;
  /** The least length of a parameter, by operation. */
  readonly minLengths: Readonly<Partial<Record<OperationName, Readonly<Record<string, number>>>>>;
}

/**
 * Everything in which the services may differ, and nothing else. A dialect is one file that fills this in; no file outside of this
 * folder names one.
 */
export interface Dialect {
  /** Its name in fixtures and in `--app`. */
  readonly name: string;
  /** The application that is there without any configuration. */
  readonly application: {
    readonly id: number;
    readonly auth_key: string;
    readonly auth_secret: string;
    readonly owner_id: number | null;
  };
  /** The service's own hosts, for `--intercept`. */
  readonly hosts: {
    /** The emulator answers in place of these. */
    readonly api: readonly string[];
    /** The emulator answers chat logins in place of these. */
    readonly chat: readonly string[];
    /** Everything else below these domains is refused, so that no test reaches the real service. */
    readonly domains: readonly string[];
  };
  readonly rules: Rules;
  /** The admin settings of a new application. */
  readonly settings: Readonly<Settings>;
  /** Operations that this service lacks: their answer is that of an unknown route. */
  readonly missingOperations: ReadonlySet<OperationName>;
  readonly documents: Documents;
  /** The formats it speaks, with the keys of records in each. */
  readonly formats: { readonly [F in Format]?: FormatView } & { readonly json: FormatView };
  /** Request headers, in lower case. */
  readonly request: {
    readonly token: string;
    readonly authKey: string | undefined;
    /** Calls may have an API key, `Authorization: ApiKey …`, in place of a token. */
    readonly apiKeys: boolean;
    /**
     * A request with one of these speaks this dialect, as long as its application isn't known. Pages of other origins may send
     * them (CORS).
     */
    readonly identifyingHeaders: readonly string[];
  };
  /** An account key for SDKs that ask for one; the emulator accepts any. With an empty one, they call the vendor (sdk). */
  readonly accountKey: string | undefined;
  /** Errors in which this service differs from the catalogue. */
  readonly errors: Readonly<Partial<Record<ErrorKey, ErrorRow>>>;
  /** A session's answer contains its user. */
  readonly sessionHasUser: boolean;
  /** Answers to GET have entity tags, and a client that has the current answer already gets 304. */
  readonly entityTags: boolean;
  /** The body of an answer without content; with the setting `null_bodies`, some have `null` instead. */
  readonly emptyBody: { readonly [F in Format]?: string };
  /** The headers of an answer, except its type and length. */
  headers(facts: ResponseFacts): Record<string, string>;
}

/** The end of a token as both services print it: `2021-06-04 12:10:53 UTC`. */
export const expirationDate = memoizePerSecond(
  (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ') + ' UTC',
);
