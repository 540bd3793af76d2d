import { definedFields } from '../support/values.ts';
import type { User } from './records.ts';

/** The longest delay of an answer, in ms: ten minutes. */
export const MAX_DELAY = 600_000;

/** More stubs than this are a mistake: each request is compared with all of them. */
export const MAX_STUBS = 1000;

/** The credentials that a stub requires, with those of the operations that are emulated. */
export const STUB_ACCESS = ['none', 'application', 'session', 'user'] as const;
export type StubAccess = (typeof STUB_ACCESS)[number];

/** The requests that a stub is for: those that meet every part. */
export interface StubMatch {
  readonly method?: string | undefined;
  /** `:name` stands for one segment, `*` for any text in a segment and, as the last one, for everything below. */
  readonly path?: string | undefined;
  /** The name of an operation; needs `override`. */
  readonly operation?: string | undefined;
  /** Id or login of the caller. */
  readonly user?: number | string | undefined;
  /** The application's id. */
  readonly app?: number | undefined;
}

/** The request that a function answers. */
export interface StubRequest {
  readonly method: string;
  /** Without query and suffix. */
  readonly path: string;
  /** The segments that `:name` in the match stands for. */
  readonly pathParams: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Query and body together. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The application's id; undefined when the request names none. */
  readonly app: number | undefined;
  /** The session's user; null without one. */
  readonly user: Omit<User, 'password_hash'> | null;
}

/** The answer of a stub. */
export interface StubReply {
  /** 200 if not given. */
  readonly status?: number | undefined;
  /** The body as JSON. */
  readonly json?: unknown;
  /** The body as text; its type is `text/plain` unless `headers` names another. */
  readonly text?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Answers a request in process. It must not be asynchronous: requests are answered one after the other. */
export type StubAnswer = (request: StubRequest) => StubReply;

/** A stub as it is added: an answer for requests that the emulator doesn't emulate. */
export interface StubInput extends StubReply {
  /** Its name in the request journal: `stub:<name>`; the match if not given. */
  readonly name?: string | undefined;
  /** `GET /chat/Dialog`, `* /data/:class`, or an object. */
  readonly match: string | StubMatch;
  /** Required credentials: those of no-one (`none`, the default), of an application, a session, or a user's session. */
  readonly access?: StubAccess | undefined;
  /** The answer, in place of `status`, `json`, `text` and `headers`. Only in process. */
  readonly answer?: StubAnswer | undefined;
  /** It is removed after this many answers. */
  readonly times?: number | undefined;
  /** ms, or the least and the most. */
  readonly delay?: number | readonly [number, number] | undefined;
  /** It also answers requests of emulated operations. */
  readonly override?: boolean | undefined;
}

/** A stub as the store has it. */
export interface Stub extends StubInput {
  readonly id: number;
  readonly name: string;
  /** The application whose requests it answers; null: all. */
  readonly application_id: number | null;
  /** A function of the emulator's process answers; it is not stored. */
  readonly in_process?: true;
  /** How many requests it has answered. */
  readonly hits: number;
}

/** The fields of a session that templates can print. */
export const SESSION_TEMPLATE_FIELDS = [
  'id',
  'token',
  'application_id',
  'user_id',
  'created_at',
  'expires_at',
] as const;

/** The input from which a record was added. */
export function inputOf({ match, name, access, status, json, text, headers, answer, ...rest }: StubInput): StubInput {
  const { times, delay, override } = rest;
  const more = definedFields({ name, access, status, json, text, headers, answer, times, delay, override });
  return { match, ...more };
}

/** The name of a stub without one. */
export function nameOf({ name, match }: StubInput): string {
  if (name !== undefined) return name;
  if (typeof match === 'string') return match;
  const { operation, method = '*', path = '*' } = match;
  return operation ?? `${method} ${path}`;
}
