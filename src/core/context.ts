import type { ProviderName } from '../model/providers.ts';
import type { Application, MailRecord, Session, Settings, User, UserField } from '../model/records.ts';
import type { V1Rules } from '../query/v1.ts';
import type { Collection } from '../store/collection.ts';
import type { State } from '../store/state.ts';
import type { Clock } from '../support/clock.ts';
import type { Random } from '../support/random.ts';

/** The least and the greatest number of characters in a text. */
export interface Length {
  readonly min: number;
  readonly max: number;
}

/** The mail with a reset link. */
export interface ResetMail {
  readonly subject: string;
  /** `{name}` stands for the user's name, a paragraph `{link}` for the link. */
  readonly paragraphs: readonly string[];
  /** The words of the link in HTML; undefined: its address. */
  readonly linkText: string | undefined;
  /** The number of hex digits in the link's token. */
  readonly tokenLength: number;
}

/** The rules that differ between the services: a dialect fills them in, the core reads them. */
export interface Rules {
  readonly v1: V1Rules;
  readonly lengths: Readonly<Partial<Record<UserField | 'password', Length>>>;
  readonly patterns: Readonly<Partial<Record<UserField | 'password', RegExp>>>;
  /** The fields that no two users share, in the order in which taken ones are reported. */
  readonly uniqueFields: readonly UserField[];
  /** Parameters that a new session requires, in the order in which missing ones are reported. */
  readonly sessionParams: readonly string[];
  /** The form of session tokens. */
  readonly token: { readonly alphabet: string; readonly length: number };
  /** The id of a user's session is the user's id. */
  readonly sessionIdIsUserId: boolean;
  /** A sign-up counts as the user's first request. */
  readonly signUpIsRequest: boolean;
  /** `by_tags` finds users with all the tags, or with any of them. */
  readonly tagsMatch: 'all' | 'any';
  /** A look-up of several users that finds none answers with an error, or with an empty page. */
  readonly noneFound: 'error' | 'empty';
  /** The look-up by phone answers with one user, or with a page. */
  readonly phoneLookup: 'user' | 'page';
  /** A sign-up or update without a `user` object is an error of its own; otherwise it counts as one with an empty object. */
  readonly userParamsRequired: boolean;
  /** User fields that this service lacks: it ignores them, like any unknown parameter. */
  readonly missingFields: ReadonlySet<string>;
  /** Guest users: generated login, deleted after one day. */
  readonly guests: boolean;
  readonly resetMail: ResetMail;
  /** The providers on offer, with the parameters that each requires. */
  readonly providers: Readonly<Partial<Record<ProviderName, readonly string[]>>>;
}

/** A user's connection to the chat. */
export interface ChatConnection {
  readonly application_id: number;
  readonly user_id: number;
}

/** One application's world: everything that a rule may read or change. */
export interface ApplicationContext {
  readonly state: State;
  readonly app: Application;
  readonly users: Collection<number, User>;
  readonly settings: Readonly<Settings>;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly random: Random;
  /** Nonces already used, for `check_nonce`. */
  readonly nonces: Set<string>;
  /** The users who are logged in to the chat. */
  readonly chatConnections: Iterable<ChatConnection>;
  /** Puts a mail into the outbox. */
  readonly sendMail: (mail: MailRecord) => void;
}

/** The same for a call that needs no credentials. */
export interface AccountContext extends ApplicationContext {
  /** The address that the client called, such as `https://api.example.com`: without the path of the operation. */
  readonly baseUrl: string;
}

/** The same for a call with a valid session, or with the application's API key, which has the rights of the account's owner. */
export interface CallerContext extends ApplicationContext {
  /** null: the call has an API key. */
  readonly session: Session | null;
  /** The session's user; null in an application's session, and with an API key. */
  readonly user: User | null;
  /** The address of the page where the owner of a reset token chooses a new password. */
  readonly resetPageUrl: (token: string) => string;
}

/** The same for a call with a valid session. */
export interface SessionContext extends CallerContext {
  readonly session: Session;
}

/** The same for a call with a user's session. */
export interface UserContext extends SessionContext {
  readonly user: User;
}

/** Whether a session belongs to a user. */
export function hasUser(context: SessionContext): context is UserContext {
  return context.user !== null;
}

/** A request's parameters, nested as the client sent them. */
export type Params = Readonly<Record<string, unknown>>;

type AnyOutput =
  /** An answer without content. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'user'; readonly user: User }
  /** A page of V1 and of the look-ups. */
  | {
      readonly kind: 'page';
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
      readonly users: readonly User[];
    }
  /** A page of V2. */
  | {
      readonly kind: 'slice';
      readonly limit: number;
      readonly skip: number;
      readonly total: number;
      readonly users: readonly User[];
    }
  /** A page of the users who are online, or their number. */
  | { readonly kind: 'online'; readonly users: readonly User[] }
  | { readonly kind: 'count'; readonly count: number }
  /** Where an account's services are. */
  | { readonly kind: 'account_settings'; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: 'session'; readonly session: Session; readonly user: User | null };

export type OutputKind = AnyOutput['kind'];

/** The result of a rule, of one of these kinds; a dialect presents it. */
export type Output<K extends OutputKind = OutputKind> = Extract<AnyOutput, { readonly kind: K }>;

export const BLANK: Output<'blank'> = { kind: 'blank' };
