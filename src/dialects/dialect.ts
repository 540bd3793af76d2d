import type { OperationName } from '../api/endpoints.ts';
import type { Rules } from '../core/context.ts';
import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Application, Session, Settings, User } from '../model/records.ts';
import { memoizePerSecond } from '../support/clock.ts';

export type Format = 'json' | 'xml';

/** What the headers of an answer depend on. */
export interface ResponseFacts {
  readonly operation: OperationName | undefined;
  readonly status: number;
  readonly method: string;
  /** The end (ms) of the session that was used or made: before this request moved it, and after. */
  readonly expiry: { readonly before: number; readonly after: number } | undefined;
}

/** A key of a presented record, and its value. */
export type UserView = readonly (readonly [name: string, read: (user: User, app: Application) => unknown])[];
export type SessionView = readonly (readonly [name: string, read: (session: Session) => unknown])[];

/** A key with the value of the user's field of the same name. */
export const field = (name: keyof User): UserView[number] => [name, (user) => user[name]];

/** The keys of records in one format, in order. */
export interface FormatView {
  readonly user: UserView;
  /** Operations whose answers have keys or an order of their own. */
  readonly userOf?: Readonly<Partial<Record<OperationName, UserView>>>;
  readonly session: SessionView;
}

/** Where a service's documents differ from the tables: the ground of warnings, never of answers. */
export interface Documents {
  /** They call the operations deprecated that the table marks so. */
  readonly deprecates: boolean;
  /** Operations that they don't have, or those of an operation's parameters that they don't have. */
  readonly missing: Readonly<Partial<Record<OperationName, 'all' | readonly string[]>>>;
  /** Parameters that they call deprecated. */
  readonly deprecatedParams: readonly string[];
  /** How they want dates in filters; undefined: they don't say. */
  readonly filterDates: RegExp | undefined;
}

/**
 * Everything that may differ between the services, and nothing else. A dialect is one file that fills this in; nothing
 * outside this folder names one.
 */
export interface Dialect {
  /** As in fixtures and `--app`. */
  readonly name: string;
  readonly application: {
    readonly id: number;
    readonly auth_key: string;
    readonly auth_secret: string;
    readonly owner_id: number | null;
  };
  readonly rules: Rules;
  /** The admin settings of a new application. */
  readonly settings: Readonly<Settings>;
  /** Operations of the table that this service doesn't have. */
  readonly missingOperations: ReadonlySet<OperationName>;
  readonly documents: Documents;
  /** The formats it speaks, and what records look like in them. */
  readonly formats: { readonly [F in Format]?: FormatView } & { readonly json: FormatView };
  /**
   * Request headers, in lower case. `marks`: a request with one of these speaks this dialect, before its application is known;
   * pages of other origins may send them (CORS).
   */
  readonly request: {
    readonly token: string;
    readonly authKey: string | undefined;
    readonly identifyingHeaders: readonly string[];
  };
  /** The errors that this service answers otherwise than the catalogue has it. */
  readonly errors: Readonly<Partial<Record<ErrorKey, ErrorRow>>>;
  /** The session's answer has the user in it. */
  readonly sessionHasUser: boolean;
  /** What GET answers is tagged, and whoever has it already is told no more than that (304). */
  readonly entityTags: boolean;
  /** The body of an answer without content. */
  emptyBody(operation: OperationName, format: Format): string;
  /** The headers of an answer, but for its type and length. */
  headers(facts: ResponseFacts): Record<string, string>;
}

/** `2021-06-04 12:10:53 UTC`, as both services print a token's end. */
export const expirationDate = memoizePerSecond(
  (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ') + ' UTC',
);
