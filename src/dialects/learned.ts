import type { OperationName } from '../api/operation-names.ts';
import { ERRORS, type ErrorKey, type ErrorRow } from '../model/error-catalogue.ts';
import { log } from '../model/evidence.ts';
import type { Settings } from '../model/records.ts';
import { keysOf } from '../support/values.ts';
import type { Dialect, FormatView } from './dialect.ts';

/** The answers of a service that differ from a dialect, or agree with it, as `conform` writes them. */
export interface Learned {
  /** The name of the dialect. */
  readonly service: string;
  /** When the service was queried: `2026-11-25`. */
  readonly date: string;
  /** Errors with another status, shape or text. */
  readonly errors?: Readonly<Partial<Record<ErrorKey, LearnedError>>> | undefined;
  /** Settings of the application that differ from the defaults. */
  readonly settings?: Partial<Settings> | undefined;
  /** The keys of users, by operation, and of sessions, in their order. */
  readonly keys?:
    | {
        readonly user?: Readonly<Partial<Record<OperationName, readonly string[]>>> | undefined;
        readonly session?: readonly string[] | undefined;
      }
    | undefined;
  /** Errors that the service answers as the emulator does. */
  readonly confirmed?: readonly ErrorKey[] | undefined;
}

/** `{name}` stands for a parameter in the text. */
export type LearnedError = Pick<ErrorRow, 'status' | 'shape' | 'text'>;

/** A dialect with the rows of a service in place of its own. The evidence of its errors is the query itself. */
export function learnedDialect(dialect: Dialect, learned: Learned): Dialect {
  const { errors = {}, settings = {}, keys = {}, confirmed = [], date } = learned;
  const evidence = [log(`conform ${date}`)];
  const proven = (row: LearnedError): ErrorRow => ({ ...row, evidence: { rule: evidence, wording: evidence } });
  const own: Partial<Record<ErrorKey, ErrorRow>> = { ...dialect.errors };
  for (const key of confirmed) own[key] = proven(dialect.errors[key] ?? ERRORS[key]);
  for (const key of keysOf(errors)) {
    const row = errors[key];
    if (row) own[key] = proven(row);
  }
  return {
    ...dialect,
    errors: own,
    settings: { ...dialect.settings, ...settings },
    formats: { ...dialect.formats, json: learnedView(dialect.formats.json, keys) },
  };
}

function learnedView(view: FormatView, { user = {}, session }: NonNullable<Learned['keys']>): FormatView {
  const userOf = { ...view.userOf };
  for (const operation of keysOf(user)) {
    const keys = user[operation];
    if (keys) userOf[operation] = reordered(view.userOf?.[operation] ?? view.user, keys);
  }
  return { ...view, userOf, session: session ? reordered(view.session, session) : view.session };
}

/** The readers of these keys, in this order. The emulator has no values for keys that it doesn't know. */
function reordered<R>(
  view: readonly (readonly [string, R])[],
  keys: readonly string[],
): (readonly [string, R | (() => null)])[] {
  const known = new Map(view);
  return keys.map((key) => [key, known.get(key) ?? (() => null)]);
}
