import type { StateChange } from '../store/state.ts';
import { isObject } from '../support/values.ts';
import type { Change, EventFeed } from './event-feed.ts';

/** The most changes that are listed. */
const MAX_CHANGES = 100;

/** The names of records, by their collection. */
const RECORDS = {
  users: 'user',
  sessions: 'session',
  mails: 'mail',
  stubs: 'stub',
  applications: 'application',
} as const;

/**
 * Changes as they are shown: each record once. What happens by the way isn't listed: ids that applications count, and the hits of
 * stubs.
 * @param changes in order
 */
export function describeChanges(changes: readonly StateChange[]): readonly Change[] {
  return mergedChanges(changes)
    .flatMap((change) => describeChange(change))
    .slice(0, MAX_CHANGES);
}

/** One change of each record: what it was before the first, and what it is after the last. */
function mergedChanges(changes: readonly StateChange[]): StateChange[] {
  const merged = new Map<string, StateChange>();
  for (const change of changes) {
    const id = `${change.collection} ${change.application} ${change.key}`;
    merged.set(id, { ...change, before: (merged.get(id) ?? change).before });
  }
  return [...merged.values()].filter(({ before, after }) => before !== after);
}

function kindOf({ before, after }: StateChange): Change['change'] {
  return before && after ? 'updated' : after ? 'created' : 'deleted';
}

/** @param app the application of a user is shown, too */
function describeChange(changed: StateChange, app = false): Change[] {
  const { collection, application, key, before, after } = changed;
  const change = kindOf(changed);
  if (change === 'updated' && (collection === 'applications' || collection === 'stubs')) return [];
  const record = after ?? before;
  // a session's key is its token
  const id = isObject(record) ? record.id : key;
  return [{ ...(app && collection === 'users' && { app: application }), [RECORDS[collection]]: id, change }];
}

/** Emits the events of changes. @param request the id of the request that made them */
export function announceChanges(feed: EventFeed, changes: readonly StateChange[], request: number | null): void {
  if (changes.length === 0 || !feed.active) return;
  const merged = mergedChanges(changes);
  const shown = merged.flatMap((change) => describeChange(change, true));
  if (shown.length > 0) {
    const listed = shown.slice(0, MAX_CHANGES);
    feed.emit('change', { request, changes: listed, truncated: listed.length < shown.length });
  }
  for (const changed of merged) {
    const { collection, key, before, after } = changed;
    const change = kindOf(changed);
    if (collection === 'mails' && change === 'created') feed.emit('mail', String(key));
    if (collection === 'stubs') feed.emit('stub', { id: Number(key), change: STUB_CHANGES[change] });
    if (collection === 'applications' && change === 'updated' && settingsOf(before) !== settingsOf(after))
      feed.emit('settings', { app: Number(key) });
  }
}

const STUB_CHANGES = { created: 'added', updated: 'hit', deleted: 'removed' } as const;

function settingsOf(application: unknown): unknown {
  return isObject(application) ? application.settings : undefined;
}
