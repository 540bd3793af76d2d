import { readSetting } from '../api/settings.ts';
import type { Application, Mail, Session, Settings, User } from '../core/model.ts';
import { EMPTY_USER, UNIQUE_FIELDS, USER_FIELD_NAMES } from '../core/model.ts';
import { hashPassword } from '../core/passwords.ts';
import { readTags } from '../core/tags.ts';
import type { Keys } from '../query/keys.ts';
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
    throw new FixtureError(error.problems.map((problem) => problem.replace(/applications\[0\]\.users(?=\[)/g, '')));
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
  const list = new List(`${place}applications`, 'application', problems);
  applications.forEach((application, index) => {
    list.add(application.id);
    loadApplication(application, `${place}applications[${index}]`, options, state, problems);
  });
  applications.forEach(({ id, auth_key }, index) => {
    list.reportTaken(index, id, 'auth_key', state.applications.lookup('auth_key', auth_key));
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
  // what isn't given stays as it was: absent is not null
  const known = state.applications.get(given.id);
  const dialect = given.dialect ?? known?.dialect ?? options.dialects[0]!;
  const { auth_secret = known?.auth_secret ?? null, owner_id = known?.owner_id ?? null } = given;
  if (!options.dialects.includes(dialect)) problems.push(`${place}.dialect: use one of ${options.dialects.join(', ')}`);
  const users = state.users(given.id);
  const highest = given.users.reduce((most, { id = 0 }) => Math.max(most, id), 0);
  let next = Math.max(given.next_user_id ?? 1, known?.next_user_id ?? 1, highest + 1);
  const list = new List(`${place}.users`, 'user', problems);
  const loaded = given.users.map((user) => {
    const id = user.id ?? next++;
    list.add(id);
    return loadUser(user, id, options);
  });
  for (const user of loaded) users.put(user);
  // not before all of them are in: what one has now may be another's afterwards
  for (const [index, user] of loaded.entries()) {
    for (const field of UNIQUE_FIELDS) {
      const value = user[field] as string | number | null;
      if (value === null) continue;
      list.reportTaken(index, user.id, field, users.lookup(field, value));
    }
  }
  state.applications.put({
    id: given.id,
    dialect,
    auth_key: given.auth_key,
    auth_secret,
    owner_id,
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

function loadSettings(given: Record<string, unknown>, place: string, problems: string[]): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const read = readSetting(name, value);
    if ('problem' in read) problems.push(`${place}.settings.${name}: ${read.problem}`);
    else settings[name] = read.value;
  }
  return settings as Partial<Settings>;
}

/** Records of one list in a file, by their ids: two with the same are told by their places. */
class List {
  readonly #indexes = new Map<number, number>();
  #size = 0;
  readonly #place: string;
  readonly #what: string;
  readonly #problems: string[];

  /** @param what a record is called that is not in the file */
  constructor(place: string, what: string, problems: string[]) {
    this.#place = place;
    this.#what = what;
    this.#problems = problems;
  }

  /** Notes the next one. */
  add(id: number): void {
    const index = this.#size++;
    const first = this.#indexes.get(id);
    if (first === undefined) this.#indexes.set(id, index);
    else this.#report(index, 'id', `${this.#place}[${first}]`);
  }

  /** Reports a value that another record has, too: of two in the file, the later one. @param holders all that have it */
  reportTaken(index: number, id: number, field: string, holders: Keys<number>): void {
    if (holders.size < 2) return;
    const other = holders.first(2).find((each) => each !== id)!;
    const place = this.#indexes.get(other);
    if (place === undefined) this.#report(index, field, `${this.#what} ${other}`);
    else if (place < index) this.#report(index, field, `${this.#place}[${place}]`);
  }

  #report(index: number, field: string, other: string): void {
    this.#problems.push(`${this.#place}[${index}].${field}: ${other} has the same`);
  }
}
