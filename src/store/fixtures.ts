import { readSetting } from '../api/settings.ts';
import type { Application, Mail, Session, Settings, User } from '../core/model.ts';
import { EMPTY_USER, UNIQUE_FIELDS, USER_FIELD_NAMES } from '../core/model.ts';
import { hashPassword } from '../core/passwords.ts';
import { readTags } from '../core/tags.ts';
import type { Ids } from '../support/ids.ts';
import { checkShape, FixtureError, type GivenApplication, type GivenState, type GivenUser } from './fixture-schema.ts';
import { State } from './state.ts';

export interface FixtureOptions {
  /** The dialects there are; the first is the default. */
  readonly dialects: readonly string[];
  /** The default application, for a bare list of users. */
  readonly defaultApplication: Application;
  readonly ids: Ids;
  /** For users without timestamps. */
  readonly now: string;
}

/** Everything that a data file keeps. */
export interface Contents {
  readonly state: State;
  readonly snapshots: ReadonlyMap<string, State>;
}

/** A user as it is built: cloned, so that all users have the same fields in the same order. */
const BLANK_USER = { id: 0, ...EMPTY_USER, created_at: '', updated_at: '' };

/**
 * Checks a fixture and loads it into a state: all of it or nothing. Snapshots in it are left out.
 * @param into the state to add to; applications and users in it are replaced by those with the same id
 * @throws FixtureError with every problem found
 */
export function loadFixture(given: unknown, options: FixtureOptions, into: State = new State()): State {
  return inPlace(given, () => {
    const problems: string[] = [];
    const state = loadState(readFixture(given, options), '', options, into.fork(), problems);
    if (problems.length > 0) throw new FixtureError(problems);
    return state;
  });
}

/** The same for a data file: nothing but what is in it, and its snapshots too. @throws FixtureError */
export function loadContents(given: unknown, options: FixtureOptions): Contents {
  return inPlace(given, () => {
    const fixture = readFixture(given, options);
    const problems: string[] = [];
    const state = loadState(fixture, '', options, new State(), problems);
    const snapshots = new Map<string, State>();
    fixture.snapshots.forEach((snapshot, index) => {
      snapshots.set(snapshot.name, loadState(snapshot, `snapshots[${index}].`, options, new State(), problems));
    });
    if (problems.length > 0) throw new FixtureError(problems);
    return { state, snapshots };
  });
}

/** Tells the problems of a bare list by their places in that list. */
function inPlace<R>(given: unknown, load: () => R): R {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof FixtureError && Array.isArray(given))) throw error;
    throw new FixtureError(error.problems.map((problem) => problem.replace(/^applications\[0\]\.users/, '')));
  }
}

function readFixture(given: unknown, options: FixtureOptions) {
  if (!Array.isArray(given)) return checkShape(given);
  const { next_user_id: _, settings, ...application } = options.defaultApplication;
  return checkShape({ applications: [{ ...application, settings: { ...settings }, users: given }] });
}

/** @param place of the state in the file @param state is added to */
function loadState(
  { applications, sessions, outbox }: GivenState,
  place: string,
  options: FixtureOptions,
  state: State,
  problems: string[],
): State {
  applications.forEach((application, index) => {
    const first = applications.findIndex(({ id }) => id === application.id);
    if (first < index) problems.push(`${place}applications[${index}].id: applications[${first}] has the same`);
    loadApplication(application, `${place}applications[${index}]`, options, state, problems);
  });
  // their user may be gone, as after a deletion; applications never go
  for (const [list, given] of Object.entries({ sessions, outbox })) {
    given.forEach(({ application_id: id }, index) => {
      if (!state.applications.get(id))
        problems.push(`${place}${list}[${index}].application_id: there is no application ${id}`);
    });
  }
  for (const session of sessions) state.sessions.put(session as Session);
  for (const mail of outbox) state.mails.put(mail as Mail);
  return state;
}

function loadApplication(
  given: GivenApplication,
  place: string,
  options: FixtureOptions,
  state: State,
  problems: string[],
): void {
  const dialect = given.dialect ?? options.dialects[0]!;
  if (!options.dialects.includes(dialect)) problems.push(`${place}.dialect: use one of ${options.dialects.join(', ')}`);
  const holder = state.applications.find('auth_key', given.auth_key);
  if (holder && holder.id !== given.id) problems.push(`${place}.auth_key: application ${holder.id} has the same`);

  const users = state.users(given.id);
  const known = state.applications.get(given.id);
  const highest = given.users.reduce((most, { id = 0 }) => Math.max(most, id), 0);
  let next = Math.max(given.next_user_id ?? 1, known?.next_user_id ?? 1, highest + 1);
  const seen = new Set<number>();
  given.users.forEach((user, index) => {
    const id = user.id ?? next++;
    const at = () => `${place}.users[${index}]`;
    if (seen.has(id)) problems.push(`${at()}.id: ${id} stands twice`);
    seen.add(id);
    const loaded = loadUser(user, id, options);
    users.put(loaded);
    reportTaken(users, loaded, at, problems);
  });
  state.applications.put({
    id: given.id,
    dialect,
    auth_key: given.auth_key,
    auth_secret: given.auth_secret,
    owner_id: given.owner_id,
    next_user_id: next,
    settings: given.settings ? loadSettings(given.settings, place, problems) : (known?.settings ?? {}),
  });
}

function loadUser(given: GivenUser, id: number, { ids, now }: FixtureOptions): User {
  const user: Record<string, unknown> = { ...BLANK_USER };
  for (const name of USER_FIELD_NAMES) user[name] = given[name] ?? null;
  const tags = readTags(given.user_tags ?? null);
  user.id = id;
  user.user_tags = tags.length > 0 ? tags : null;
  user.created_at ??= now;
  user.updated_at ??= user.created_at;
  user.password_hash =
    typeof given.password === 'string' ? hashPassword(given.password, ids) : (given.password_hash ?? null);
  user.guest_until = given.guest_until ?? null;
  return user as unknown as User;
}

/** Reports the unique values that another user has already. */
function reportTaken(users: ReturnType<State['users']>, user: User, place: () => string, problems: string[]): void {
  for (const field of UNIQUE_FIELDS) {
    const value = user[field] as string | number | null;
    if (value === null) continue;
    const holders = users.lookup(field, value);
    if (holders.size < 2) continue;
    for (const id of holders.keys()) {
      if (id !== user.id) problems.push(`${place()}.${field}: user ${id} has the same`);
    }
  }
}

function loadSettings(given: Record<string, unknown>, place: string, problems: string[]): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const read = readSetting(name, value);
    if ('problem' in read) problems.push(`${place}.settings.${name}: ${read.problem}`);
    else settings[name] = read.value;
  }
  return settings as Partial<Settings>;
}
