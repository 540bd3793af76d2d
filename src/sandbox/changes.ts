import type { State, StateChange } from '../store/state.ts';
import { isObject } from '../support/values.ts';

/** A record that was created, updated or deleted: one of `user`, `session`, `mail`, `stub` and `application` (ids). */
export interface Change {
  readonly user?: number;
  readonly session?: number;
  readonly mail?: string;
  readonly stub?: number;
  readonly application?: number;
  readonly change: 'created' | 'updated' | 'deleted';
}

/** The most changes that are listed. */
const MAX_CHANGES = 100;

const NONE: readonly Change[] = [];

/** The names of records, by their collection. */
const RECORDS = {
  users: 'user',
  sessions: 'session',
  mails: 'mail',
  stubs: 'stub',
  applications: 'application',
} as const;

/**
 * What a request has changed, as it is shown: each record once. What happens by the way isn't listed: expiry moved by use, ids that
 * applications count, and the hits of stubs.
 * @param changes in order
 * @param state as they left it
 */
export function describeChanges(changes: readonly StateChange[], state: State): readonly Change[] {
  if (changes.length === 0) return NONE;
  const first = new Map<string, StateChange>();
  for (const change of changes) {
    const id = `${change.collection} ${change.application} ${change.key}`;
    if (!first.has(id)) first.set(id, change);
    if (first.size > MAX_CHANGES) break;
  }
  return [...first.values()].flatMap((change) => describeChange(change, state)).slice(0, MAX_CHANGES);
}

function describeChange({ collection, application, key, before }: StateChange, state: State): Change[] {
  const after = state.collection(collection, application).get(key);
  if (!before && !after) return [];
  const change = before && after ? 'updated' : after ? 'created' : 'deleted';
  if (change === 'updated' && (collection === 'applications' || collection === 'stubs')) return [];
  const record = after ?? before;
  // a session's key is its token
  const id = isObject(record) ? record.id : key;
  return [{ [RECORDS[collection]]: id, change }];
}
