import type { User as UserRecord } from '../model/records.ts';
import type { State } from '../store/state.ts';
import type { ChangedUser, StateDiff } from './results.ts';
import { showUser } from './show-user.ts';

/** Fields that each use of a session moves: they make no difference. */
const USE_FIELDS: readonly string[] = ['last_request_at'];

/** Compares two states. @param before the earlier one */
export function diffStates(before: State, after: State): StateDiff {
  const created: StateDiff['users']['created'] = [];
  const changed: ChangedUser[] = [];
  const deleted: StateDiff['users']['deleted'] = [];
  const apps = new Set([...before.applications.values(), ...after.applications.values()].map(({ id }) => id));
  for (const app of [...apps].sort((a, b) => a - b)) {
    const [old, now] = [before.users(app), after.users(app)];
    for (const user of old.values()) if (!now.get(user.id)) deleted.push({ app, user: showUser(user) });
    for (const user of now.values()) {
      const was = old.get(user.id);
      if (!was) created.push({ app, user: showUser(user) });
      else if (was !== user) {
        const fields = changedFields(was, user);
        if (Object.keys(fields).length > 0) changed.push({ app, id: user.id, fields });
      }
    }
  }
  return {
    users: { created, changed, deleted },
    sessions: counts(before.sessions, after.sessions, ({ token }) => token),
    mails: counts(before.mails, after.mails, ({ id }) => id),
  };
}

function changedFields(before: UserRecord, after: UserRecord): ChangedUser['fields'] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  const fields = [...names]
    .filter((name) => was[name] !== is[name] && !USE_FIELDS.includes(name))
    .map((name) => [name, { before: was[name] ?? null, after: is[name] ?? null }] as const);
  const password = { before: '[redacted]', after: '[redacted]' };
  return {
    ...Object.fromEntries(fields),
    ...(before.password_hash !== after.password_hash && { password }),
  };
}

function fieldsOf(user: UserRecord): Readonly<Record<string, string | number | null | undefined>> {
  const { has_password: _, ...fields } = showUser(user);
  return fields;
}

interface Records<K, T> {
  values(): Iterable<T>;
  get(key: K): T | undefined;
}

function counts<K, T>(before: Records<K, T>, after: Records<K, T>, keyOf: (record: T) => K) {
  const missingIn = (from: Records<K, T>, other: Records<K, T>) =>
    [...from.values()].filter((record) => !other.get(keyOf(record))).length;
  return { created: missingIn(after, before), deleted: missingIn(before, after) };
}
