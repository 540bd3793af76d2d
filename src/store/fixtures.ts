import * as v from 'valibot';
import { readSetting } from '../api/settings.ts';
import type { Application, Mail, Session, Settings, User } from '../core/model.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../core/model.ts';
import { hashPassword } from '../core/passwords.ts';
import { readTags } from '../core/tags.ts';
import { EMPTY_USER } from '../core/users.ts';
import { parseDate } from '../query/condition.ts';
import type { Ids } from '../support/ids.ts';
import { State } from './state.ts';

/** The version of the file format; a file without one is of this version. */
export const FIXTURE_VERSION = 1;

const nullable = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);
const integer = v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number'));
const positive = v.pipe(integer, v.minValue(1, 'must be 1 or more'));
const text = v.string('must be a text');
const time = v.pipe(
  text,
  v.check((value) => parseDate(value) !== undefined, 'must be a time such as 2018-12-06T09:16:26Z'),
  v.transform((value) => parseDate(value)!.from),
);
/** Ids of other services are texts; a number is taken as one. */
const idText = v.pipe(v.union([text, integer], 'must be a text'), v.transform(String));

const SCHEMAS = { integer: nullable(integer), string: nullable(text), date: nullable(time) } as const;

const UserSchema = v.strictObject(
  {
    ...(Object.fromEntries(
      USER_FIELD_NAMES.map((name) => [name, SCHEMAS[USER_FIELDS[name].type as keyof typeof SCHEMAS]]),
    ) as Record<string, v.GenericSchema<unknown, unknown>>),
    id: v.optional(positive),
    facebook_id: nullable(idText),
    twitter_id: nullable(idText),
    external_id: nullable(idText),
    created_at: v.optional(time),
    updated_at: v.optional(time),
    user_tags: nullable(v.union([text, v.array(text)], 'must be a text such as "vip,accountant" or a list of texts')),
    password: v.optional(v.nullable(text)),
    password_hash: nullable(text),
    guest_until: nullable(integer),
  },
  'is not a field of a user',
);

const ApplicationSchema = v.strictObject(
  {
    id: positive,
    dialect: v.optional(text),
    auth_key: v.pipe(text, v.nonEmpty('must not be empty')),
    auth_secret: nullable(text),
    owner_id: nullable(integer),
    next_user_id: v.optional(positive),
    settings: v.optional(v.record(text, v.unknown()), {}),
    users: v.optional(v.array(UserSchema, 'must be a list of users'), []),
  },
  'is not a field of an application',
);

const SessionSchema = v.strictObject({
  token: text,
  id: integer,
  application_id: integer,
  user_id: nullable(integer),
  nonce: nullable(v.union([integer, text])),
  ts: integer,
  created_at: integer,
  updated_at: integer,
  expires_at: integer,
});

const MailSchema = v.strictObject({
  id: text,
  type: v.literal('password_reset'),
  to: text,
  subject: text,
  text,
  html: text,
  link: text,
  created_at: time,
  application_id: integer,
  user_id: integer,
  reset_token: text,
  used: v.boolean(),
  expires_at: integer,
});

const FixtureSchema = v.strictObject(
  {
    $schema: v.optional(text),
    version: v.optional(
      v.literal(FIXTURE_VERSION, `must be ${FIXTURE_VERSION}: the file is from another version of users-emulator`),
    ),
    applications: v.array(ApplicationSchema, 'must be a list of applications'),
    sessions: v.optional(v.array(SessionSchema), []),
    outbox: v.optional(v.array(MailSchema), []),
  },
  'is not part of a fixture',
);

/** What a fixture, an export and a data file look like; INTERFACE: "Fixture and export file". */
export type Fixture = v.InferInput<typeof FixtureSchema>;

/** Why a fixture can't be used: every problem with its place, `applications[0].users[3].login: …`. */
export class FixtureError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'FixtureError';
    this.problems = problems;
  }
}

export interface FixtureOptions {
  /** The dialects there are; the first is the default. */
  readonly dialects: readonly string[];
  /** The default application, for a bare list of users. */
  readonly defaultApplication: Application;
  readonly ids: Ids;
  /** For users without timestamps. */
  readonly now: string;
}

/** Reads JSON; the error says line and column. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const message = (error as Error).message;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
    const lines = text.slice(0, position).split('\n');
    const place = Number.isNaN(position) ? '' : `line ${lines.length}, column ${lines.at(-1)!.length + 1}: `;
    throw new FixtureError([`${place}not valid JSON (${message})`]);
  }
}

/**
 * Checks a fixture and loads it into a state: all of it or nothing.
 * @param into the state to add to; applications and users in it are replaced by those with the same id
 * @throws FixtureError with every problem found
 */
export function loadFixture(given: unknown, options: FixtureOptions, into: State = new State()): State {
  const { applications, sessions, outbox } = checkShape(Array.isArray(given) ? bareUsers(given, options) : given);
  const problems: string[] = [];
  const state = into.fork();
  applications.forEach((application, index) => {
    loadApplication(application, `applications[${index}]`, options, state, problems);
  });
  for (const session of sessions) state.sessions.put(session as Session);
  for (const mail of outbox) state.mails.put(mail as Mail);
  if (problems.length > 0) throw new FixtureError(problems);
  return state;
}

function checkShape(given: unknown): v.InferOutput<typeof FixtureSchema> {
  const checked = v.safeParse(FixtureSchema, given);
  if (checked.success) return checked.output;
  throw new FixtureError(checked.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`));
}

function placeOf(path: readonly { readonly key: unknown }[] | undefined): string {
  const place = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place.replace(/^\./, '') || 'the file';
}

function bareUsers(users: unknown[], { defaultApplication }: FixtureOptions): unknown {
  const { next_user_id: _, settings, ...application } = defaultApplication;
  return { applications: [{ ...application, settings: { ...settings }, users }] };
}

type GivenApplication = v.InferOutput<typeof ApplicationSchema>;
type GivenUser = v.InferOutput<typeof UserSchema>;

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
  const ids = given.users.map((user) => user.id ?? 0);
  let next = Math.max(
    given.next_user_id ?? 1,
    known?.next_user_id ?? 1,
    ids.reduce((most, id) => Math.max(most, id), 0) + 1,
  );
  const seen = new Set<number>();
  given.users.forEach((user, index) => {
    const id = user.id ?? next++;
    const at = `${place}.users[${index}]`;
    if (seen.has(id)) problems.push(`${at}.id: ${id} stands twice`);
    seen.add(id);
    users.put(loadUser(user, id, options));
    problems.push(...takenBy(users, users.get(id)!, at));
  });
  state.applications.put({
    id: given.id,
    dialect,
    auth_key: given.auth_key,
    auth_secret: given.auth_secret,
    owner_id: given.owner_id,
    next_user_id: next,
    settings: loadSettings(given.settings, place, problems),
  });
}

function loadUser(given: GivenUser, id: number, { ids, now }: FixtureOptions): User {
  const { password, password_hash, user_tags, ...fields } = given;
  const tags = user_tags === null ? [] : readTags(user_tags);
  const created_at = fields.created_at ?? now;
  return {
    ...EMPTY_USER,
    ...(fields as Partial<User>),
    id,
    user_tags: tags.length > 0 ? tags : null,
    created_at,
    updated_at: fields.updated_at ?? created_at,
    password_hash: typeof password === 'string' ? hashPassword(password, ids) : password_hash,
  };
}

/** The unique values that another user has already. */
function* takenBy(users: ReturnType<State['users']>, user: User, place: string): Iterable<string> {
  for (const field of USER_FIELD_NAMES) {
    const { unique, fold } = USER_FIELDS[field];
    const value = user[field] as string | number | null;
    if (!unique || value === null) continue;
    const holders = users.lookup(field, fold ? fold(value as string) : value);
    for (const id of holders.size > 1 ? holders.keys() : []) {
      if (id !== user.id) yield `${place}.${field}: user ${id} has the same`;
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

/** The state as a fixture: applications and users by id, passwords as hashes. Loading it gives the same state. */
export function exportState(state: State): Fixture {
  const applications = [...state.applications.values()].map((application) => ({
    ...application,
    settings: { ...application.settings },
    users: [...state.users(application.id).values()].map(exportUser),
  }));
  return {
    version: FIXTURE_VERSION,
    applications: applications as Fixture['applications'],
    sessions: [...state.sessions.values()],
    outbox: [...state.mails.values()],
  };
}

/** Fields without a value are left out. */
export function exportUser(user: User): Record<string, unknown> {
  const entries = Object.entries(user).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
