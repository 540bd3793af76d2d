import type { Application, Mail, Session, Settings, User, UserField } from '../model/records.ts';
import type { V1Rules } from '../query/v1.ts';
import type { Collection } from '../store/collection.ts';
import type { State } from '../store/state.ts';
import type { Clock } from '../support/clock.ts';
import type { Random } from '../support/random.ts';

/** A length with its limits. */
export interface Length {
  readonly min: number;
  readonly max: number;
}

/** What the services' rules differ in; a dialect fills it in, the rules read it. */
export interface Rules {
  readonly v1: V1Rules;
  readonly lengths: Readonly<Partial<Record<UserField | 'password', Length>>>;
  readonly patterns: Readonly<Partial<Record<UserField | 'password', RegExp>>>;
  /** Parameters without which there is no session, in the order in which they are reported. */
  readonly sessionParams: readonly string[];
  /** How tokens look. */
  readonly token: { readonly alphabet: string; readonly length: number };
  /** A user's session has the user's id. */
  readonly sessionIdIsUserId: boolean;
  /** A sign-up counts as the user's first request. */
  readonly signUpIsRequest: boolean;
  /** `by_tags`: users with all the tags, or with any of them. */
  readonly tagsMatch: 'all' | 'any';
  /** A look-up of several users that finds none: an error, or an empty page. */
  readonly noneFound: 'error' | 'empty';
  /** An empty page says `per_page: 0`. */
  readonly emptyPerPageZero: boolean;
  /** The look-up by phone gives one user, or a page. */
  readonly phoneLookup: 'user' | 'page';
  /** A sign-up or update without a `user` object is an error of its own, not one without fields. */
  readonly userParamsRequired: boolean;
  /** Fields of a user that this service doesn't have: what is sent for them is ignored, like any unknown parameter. */
  readonly missingFields: ReadonlySet<string>;
  /** Users without a name of their own, who last a day. */
  readonly guests: boolean;
  /** Providers offered, with the parameters they need. */
  readonly providers: Readonly<Record<string, readonly string[]>>;
}

/** What every rule is given: one application's world, and who is calling. */
export interface Context {
  readonly state: State;
  readonly app: Application;
  readonly users: Collection<number, User>;
  readonly settings: Readonly<Settings>;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly random: Random;
  readonly session: Session | null;
  /** The session's user. */
  readonly user: User | null;
  /** The address clients use, with the sandbox: `http://127.0.0.1:4230/sandbox/w1`. */
  readonly baseUrl: string;
  /** Nonces seen, for `check_nonce`. */
  readonly nonces: Set<string>;
  /** Puts a mail into the outbox. */
  readonly sendMail: (mail: Mail) => void;
}

/** A request's parameters, as nested as they were sent. */
export type Params = Readonly<Record<string, unknown>>;

/** What a rule answers; a dialect presents it. */
export type Output =
  | { readonly kind: 'blank' }
  | { readonly kind: 'user'; readonly user: User }
  | {
      readonly kind: 'page';
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
      readonly users: readonly User[];
    }
  | {
      readonly kind: 'slice';
      readonly limit: number;
      readonly skip: number;
      readonly total: number;
      readonly users: readonly User[];
    }
  | { readonly kind: 'session'; readonly session: Session; readonly user: User | null };

export const BLANK: Output = { kind: 'blank' };
