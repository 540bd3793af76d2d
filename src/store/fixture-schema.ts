import * as v from 'valibot';
import { USER_FIELD_NAMES, USER_FIELDS, type User } from '../core/model.ts';
import { parseDate } from '../query/condition.ts';
import type { Fixture, UserInFixture } from './fixture.ts';

/** The version of the file format; a file without one is of this version. */
export const FIXTURE_VERSION = 1;

/** A time as the store keeps it, on a day that every month has: most times of most files, and nothing to convert. */
const KEPT_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Of an object's own problems: something unknown in it, something missing, or that it is none. */
const objectOf = (what: string) => (issue: { readonly expected: string | null }) =>
  issue.expected === 'never' ? `is not ${what}` : issue.expected === 'Object' ? 'must be an object' : 'is missing';

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const nullable = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);
const integer = v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number'));
/** The end of the year 9999. A time need not be a whole number, but must be finite: JSON's `1e400` isn't. */
const LAST_MS = 253402300799999;
const isMs = (value: unknown) => typeof value === 'number' && value >= 0 && value <= LAST_MS;
const ms = v.pipe(
  v.number('must be a number'),
  v.check((value) => isMs(value), 'must be a time in ms, of the years 1970 to 9999'),
);
const positive = v.pipe(integer, v.minValue(1, 'must be 1 or more'));
/** Of users: sign-ups count on from the highest, and numbers from 2^53 can't be told apart. */
const MAX_USER_ID = 2 ** 52;
/** What sign-ups counted on from there has to be read again, too: so many nobody makes. */
const MADE = 2 ** 32;
const userId = v.pipe(positive, v.maxValue(MAX_USER_ID + MADE, `must be ${MAX_USER_ID} or less`));
const text = v.string('must be a text');
const time = v.pipe(
  text,
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const read = parseDate(value);
    if (read) return read.from;
    addIssue({ message: 'must be a time such as 2018-12-06T09:16:26Z' });
    return NEVER;
  }),
);
/** Ids of other services are texts; a number is taken as one. */
const idText = v.pipe(v.union([text, integer], 'must be a text'), v.transform(String));
/** Of a setting; which ones there are, and their values, is known elsewhere. */
const scalar = v.custom<unknown>((value) => !isObject(value), 'must be true, false, a number or a text');
const tags = v.union([text, v.array(text)], 'must be a text such as "vip,accountant" or a list of texts');

/** A kind of value: what it may be, and whether one is already as the store keeps it, which is told in a fraction of the time. */
interface Kind<S extends v.GenericSchema = v.GenericSchema> {
  readonly schema: S;
  readonly fits: (value: unknown) => boolean;
}
const kind = <S extends v.GenericSchema>(schema: S, fits: Kind['fits']): Kind<S> => ({ schema, fits });

const isText = (value: unknown) => typeof value === 'string';
const isTime = (value: unknown) => typeof value === 'string' && KEPT_TIME.test(value);
const KINDS = {
  integer: kind(nullable(integer), Number.isSafeInteger),
  string: kind(nullable(text), isText),
  date: kind(nullable(time), isTime),
  tags: kind(nullable(tags), isText),
};
const USER_KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(USER_FIELD_NAMES.map((name) => [name, KINDS[USER_FIELDS[name].type]])),
  id: kind(
    v.optional(userId),
    (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_USER_ID,
  ),
  facebook_id: kind(nullable(idText), isText),
  twitter_id: kind(nullable(idText), isText),
  external_id: kind(nullable(idText), isText),
  created_at: kind(v.optional(time), isTime),
  updated_at: kind(v.optional(time), isTime),
  password: kind(v.optional(v.nullable(text)), isText),
  password_hash: KINDS.string,
  guest_until: kind(nullable(ms), (value) => isMs(value)),
};

const AnyUserSchema = v.strictObject(
  Object.fromEntries(Object.entries(USER_KINDS).map(([name, { schema }]) => [name, schema])),
  objectOf('a field of a user'),
);

/** A user of a fixture, checked: times and ids are as the store keeps them. */
export type GivenUser = Readonly<Partial<Omit<User, 'user_tags'>>> & Pick<UserInFixture, 'user_tags' | 'password'>;

/** Most users are as the emulator wrote them: they are taken at a glance. The others are read, and their problems named. */
const UserSchema = v.pipe(
  v.custom<UserInFixture>((value) => isObject(value) && !Array.isArray(value), 'must be a user'),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): GivenUser => {
    if (fits(value)) return value as GivenUser;
    const read = v.safeParse(AnyUserSchema, value);
    if (read.success) return read.output as GivenUser;
    for (const { message, path } of read.issues) addIssue({ message, ...(path && { path: path as never }) });
    return NEVER;
  }),
);

function fits(user: object): boolean {
  for (const [name, value] of Object.entries(user)) {
    if (!Object.hasOwn(USER_KINDS, name) || !USER_KINDS[name]!.fits(value)) return false;
  }
  return true;
}

const ApplicationSchema = v.strictObject(
  {
    id: positive,
    dialect: v.optional(text),
    auth_key: v.pipe(text, v.nonEmpty('must not be empty')),
    auth_secret: v.optional(v.nullable(text)),
    owner_id: v.optional(v.nullable(integer)),
    next_user_id: v.optional(userId),
    settings: v.optional(v.record(text, scalar, 'must be an object')),
    users: v.optional(v.array(UserSchema, 'must be a list of users'), []),
  },
  objectOf('a field of an application'),
);

const SessionSchema = v.strictObject(
  {
    token: text,
    id: integer,
    application_id: integer,
    user_id: nullable(integer),
    nonce: nullable(v.union([integer, text])),
    ts: integer,
    created_at: ms,
    updated_at: ms,
    expires_at: ms,
  },
  objectOf('a field of a session'),
);

const MailSchema = v.strictObject(
  {
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
    expires_at: ms,
  },
  objectOf('a field of a mail'),
);

const STATE = {
  applications: v.array(ApplicationSchema, 'must be a list of applications'),
  sessions: v.optional(v.array(SessionSchema), []),
  outbox: v.optional(v.array(MailSchema), []),
};

const FixtureSchema = v.strictObject(
  {
    $schema: v.optional(text),
    version: v.optional(v.literal(FIXTURE_VERSION)),
    ...STATE,
    snapshots: v.optional(v.array(v.strictObject({ name: text, ...STATE }, objectOf('part of a snapshot'))), []),
  },
  objectOf('part of a fixture'),
) satisfies v.GenericSchema<Fixture, unknown>;

/** A fixture whose shape was checked, and the part of one that is a state. */
export type CheckedFixture = v.InferOutput<typeof FixtureSchema>;
export type GivenState = Pick<CheckedFixture, keyof typeof STATE>;
export type GivenApplication = v.InferOutput<typeof ApplicationSchema>;

/** Why a fixture can't be used: every problem with its place, `applications[0].users[3].login: …`. */
export class FixtureError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'FixtureError';
    this.problems = problems;
  }
}

/** @throws FixtureError with every field that is not as it has to be */
export function checkShape(given: unknown): CheckedFixture {
  const { version = FIXTURE_VERSION } = (given ?? {}) as { version?: unknown };
  if (version !== FIXTURE_VERSION) {
    // others may be nested so deep that nobody can write them
    const shown = isObject(version) ? 'a list or an object' : JSON.stringify(version);
    throw new FixtureError([
      `version: ${shown} is not known; this users-emulator reads version ${FIXTURE_VERSION}: use a newer one`,
    ]);
  }
  const checked = v.safeParse(FixtureSchema, given);
  if (checked.success) return checked.output;
  throw new FixtureError(checked.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`));
}

function placeOf(path: readonly { readonly key: unknown }[] | undefined): string {
  const place = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place.replace(/^\./, '') || 'the file';
}
