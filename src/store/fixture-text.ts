import { USER_FIELD_NAMES, type User } from '../core/model.ts';
import type { Fixture } from './fixture.ts';
import { FIXTURE_VERSION } from './fixture-schema.ts';
import type { Contents } from './fixtures.ts';
import type { State } from './state.ts';

const USER_KEYS = [...USER_FIELD_NAMES, 'password_hash', 'guest_until'] as const satisfies (keyof User)[];

/** The state as a fixture: applications and users by id, passwords as hashes. Loading it gives the same state. */
export function exportState(state: State): Fixture {
  return materialized({ version: FIXTURE_VERSION, ...outlineOf(state) }) as Fixture;
}

/** A user as a fixture has it: always in the same order, and without the fields that have no value. */
export function exportUser(user: User): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const key of USER_KEYS) {
    const value = user[key];
    if (value !== null) shown[key] = typeof value === 'object' ? value.join(',') : value;
  }
  return shown;
}

/**
 * The text of a data file, in pieces, as `JSON.stringify(…, null, 2)` writes it. What it says is the state at the time of this
 * call, whatever changes while the pieces are read.
 */
export function textOf({ state, snapshots }: Contents): IterableIterator<string> {
  const kept = [...snapshots].map(([name, snapshot]) => ({ name, ...outlineOf(snapshot) }));
  const outline = {
    version: FIXTURE_VERSION,
    ...outlineOf(state),
    ...(kept.length > 0 ? { snapshots: kept } : {}),
  };
  return printed(outline, '\n', '\n');
}

/** Records that are shown when they are reached. Since records never change, holding them is holding the state. */
class Rows<T> {
  readonly #records: readonly T[];
  readonly #show: (record: T) => unknown;

  constructor(records: Iterable<T>, show: (record: T) => unknown = (record) => record) {
    this.#records = [...records];
    this.#show = show;
  }

  get size(): number {
    return this.#records.length;
  }

  shown(index: number): unknown {
    return this.#show(this.#records[index]!);
  }
}

function outlineOf(state: State) {
  return {
    // named one by one: applications are made in several places, and have their keys in the order of that place
    applications: [...state.applications.values()].map((application) => ({
      id: application.id,
      dialect: application.dialect,
      auth_key: application.auth_key,
      auth_secret: application.auth_secret,
      owner_id: application.owner_id,
      next_user_id: application.next_user_id,
      settings: { ...application.settings },
      users: new Rows(state.users(application.id).values(), exportUser),
    })),
    sessions: new Rows(state.sessions.values()),
    outbox: new Rows(state.mails.values()),
  };
}

function materialized(value: unknown): unknown {
  if (value instanceof Rows) return Array.from({ length: value.size }, (_, index) => value.shown(index));
  if (Array.isArray(value)) return value.map(materialized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, materialized(each)]));
}

/** @param newline with the indentation of the place @param after what follows the value */
function* printed(value: unknown, newline: string, after: string): IterableIterator<string> {
  const inner = `${newline}  `;
  if (value instanceof Rows) {
    for (let index = 0; index < value.size; index++) {
      yield `${index === 0 ? '[' : ','}${inner}${text(value.shown(index), inner)}`;
    }
    yield `${value.size === 0 ? '[]' : `${newline}]`}${after}`;
  } else if (isOutline(value)) {
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    let before = open;
    for (const [key, each] of Object.entries(value)) {
      yield `${before}${inner}${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}`;
      yield* printed(each, inner, '');
      before = ',';
    }
    yield `${newline}${close}${after}`;
  } else yield text(value, newline) + after;
}

/** Something with rows in it. */
function isOutline(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((each) => each instanceof Rows || isOutline(each))
  );
}

function text(value: unknown, newline: string): string {
  const plain = JSON.stringify(value, null, 2);
  return plain.includes('\n') ? plain.replaceAll('\n', newline) : plain;
}
