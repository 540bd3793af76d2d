import type { Dialect } from '../dialects/dialect.ts';
import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Settings } from '../model/records.ts';
import type { Answer, Call, Probe, ProbeApplication, ProbeUser, UserName, World } from './calls.ts';
import { compare } from './compare.ts';
import { type LearnedFile, learn, type Outcome } from './learn.ts';
import { PROBES } from './probes.ts';
import { CannotAsk, parseJson, type Send, Service } from './service.ts';
import { SETTING_PROBES } from './setting-probes.ts';

/** The emulator that answers the same calls. */
export interface Reference {
  readonly send: Send;
  /** The keys of the errors in its last answer. */
  lastErrors(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ConformOptions {
  readonly dialect: Dialect;
  readonly app: ProbeApplication;
  readonly upstream: { readonly url: string; readonly send: Send };
  /** Starts an emulator with the application and these settings. */
  readonly openReference: (settings: Settings) => Promise<Reference>;
  /** Signs the parameters of a session. */
  readonly sign: (params: Readonly<Record<string, unknown>>, secret: string) => string;
  readonly rowOf: (key: ErrorKey) => ErrorRow;
  /** Random letters and digits that begin the names of the run's users. */
  readonly random: string;
  /** ms since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Requests per second. */
  readonly rate: number;
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
  /** Called with each finding, as it is made. */
  readonly onFinding: (finding: Finding) => void;
}

/** A row that agrees or differs, a setting that has another value, or a row that the probe can't ask for. */
export type Finding =
  | ({ readonly kind: 'row' } & Pick<Outcome, 'of' | 'differences'>)
  | { readonly kind: 'setting'; readonly of: string; readonly ours: string; readonly theirs: string }
  | { readonly kind: 'unprovoked'; readonly of: string; readonly reason: string };

/** The result of a run. */
export interface Conformance {
  readonly file: LearnedFile;
  /** How many rows were compared, how many of them are errors, and how many differ. */
  readonly asked: number;
  readonly errors: number;
  readonly differing: number;
  /** How many settings differ from the defaults. */
  readonly settings: number;
  /** The logins of users that could not be deleted. */
  readonly left: readonly string[];
  /** Why the run ended before its last call. */
  readonly stopped: Error | undefined;
}

/** Asks a service what the rows of the emulator claim, and the emulator the same. Users that it creates are deleted at the end. */
export async function conform(options: ConformOptions): Promise<Conformance> {
  const { dialect, upstream, readOnly, signal, sleep, now, onFinding } = options;
  const started = now();
  const signs = options.app.auth_secret !== null;
  const service = new Service(worldOf(options, started), { ...upstream, pace: pacer(options), sleep, signal });
  const outcomes: Outcome[] = [];
  let settings: Partial<Settings> = {};
  let stopped: Error | undefined;
  let left: readonly string[] = [];
  let reference: Reference | undefined;
  try {
    await service.prepare(readOnly);
    settings = await readSettings(service, options);
    const seen = { ...dialect.settings, ...settings };
    reference = await options.openReference(seen);
    const emulator = new Service(worldOf(options, started), {
      url: 'http://localhost',
      send: reference.send,
      pace: async () => {},
      sleep,
      signal,
    });
    await emulator.prepare(readOnly);
    for (const probe of PROBES.filter((each) => isAsked(each, readOnly, { dialect, settings: seen, signs }))) {
      const { of, as, call } = probe;
      const ours = await emulator.ask(call(emulator.world), as);
      const errors = await reference.lastErrors();
      const claims = of.startsWith('error:') ? of.slice('error:'.length) : undefined;
      if (errors.join() !== (claims ?? '')) {
        onFinding({ kind: 'unprovoked', of, reason: `the emulator answers ${ours.status} ${errors.join()}` });
        continue;
      }
      const theirs = await service.ask(call(service.world), as);
      const pair = { ours: withoutValues(ours, emulator.world), theirs: withoutValues(theirs, service.world) };
      const differences = compare(pair.ours, pair.theirs);
      outcomes.push({ of, differences, ...pair });
      onFinding({ kind: 'row', of, differences });
    }
  } catch (error) {
    if (!(error instanceof CannotAsk)) throw error;
    stopped = error;
  } finally {
    await reference?.close();
    left = await service.cleanUp();
  }
  const date = new Date(now()).toISOString().slice(0, 10);
  return {
    file: learn(dialect.name, date, outcomes, settings, options.rowOf),
    asked: outcomes.length,
    errors: outcomes.filter(({ of }) => of.startsWith('error:')).length,
    differing: outcomes.filter(({ differences }) => differences.length > 0).length,
    settings: Object.keys(settings).length,
    left,
    stopped,
  };
}

/** The calls of a run, in their order, as they would be sent; their ids are 0. */
export function plannedCalls(
  options: Pick<ConformOptions, 'dialect' | 'app' | 'random' | 'now' | 'sign' | 'readOnly'>,
): Call[] {
  const { dialect, readOnly, app, now } = options;
  const world = worldOf(options, now());
  const settings = { ...dialect.settings, disable_list_users_v1: false };
  const known = { dialect, settings, signs: app.auth_secret !== null };
  return [...SETTING_PROBES, ...PROBES].filter((each) => isAsked(each, readOnly, known)).map(({ call }) => call(world));
}

function isAsked(
  { when, readOnly }: Omit<Probe, 'of'>,
  onlyReading: boolean,
  known: Parameters<NonNullable<Probe['when']>>[0],
): boolean {
  return (readOnly || !onlyReading) && (when?.(known) ?? true);
}

/** The settings of the application that differ from the defaults. */
async function readSettings(
  service: Service,
  { dialect, app, readOnly, onFinding }: ConformOptions,
): Promise<Partial<Settings>> {
  const differing: Partial<Settings> = {};
  for (const probe of SETTING_PROBES) {
    if (!isAsked(probe, readOnly, { dialect, settings: dialect.settings, signs: app.auth_secret !== null })) continue;
    const { setting } = probe;
    const value = probe.read(await service.ask(probe.call(service.world), probe.as));
    if (value === undefined || value === dialect.settings[setting]) continue;
    Object.assign(differing, { [setting]: value });
    onFinding({
      kind: 'setting',
      of: `setting:${setting}`,
      ours: String(dialect.settings[setting]),
      theirs: String(value),
    });
  }
  return differing;
}

/** An error without the ids and names of the run's users, which no row may hold. Short ids could be any number. */
function withoutValues(answer: Answer, { users, newName }: World): Answer {
  if (answer.status < 400) return answer;
  const ids = Object.values(users)
    .map(({ id }) => String(id))
    .filter((id) => id.length > 4);
  const values = new RegExp(`\\b(?:${[newName('[\\w-]*'), ...ids].join('|')})\\b`, 'g');
  const text = answer.text.replace(values, '{user}');
  return { ...answer, text, body: parseJson(text) };
}

type WorldFacts = Pick<ConformOptions, 'dialect' | 'app' | 'random' | 'now' | 'sign'>;

/** @param started ms since 1970: the worlds of a run have the same names, numbers and timestamps */
function worldOf({ dialect, app, random, sign }: WorldFacts, started: number): World {
  const prefix = `ue-conform-${random}`;
  const user = (name: UserName, at: number): ProbeUser => {
    const number = (started % 100_000_000) * 10 + at;
    return {
      login: `${prefix}-${name}`,
      password: `Conform-${random}`,
      email: `${prefix}-${name}@example.com`,
      full_name: `Conform ${random} ${name}`,
      phone: `1${String(number).padStart(9, '0')}`,
      external_user_id: number,
      facebook_id: String(number),
      twitter_id: String(number),
      user_tags: `conform${random}`,
      id: 0,
    };
  };
  let nonce = 0;
  const timestamp = Math.floor(started / 1000);
  const unsignedSession = () => ({
    application_id: app.id,
    auth_key: app.auth_key,
    ...(app.auth_secret !== null && { timestamp, nonce: ++nonce }),
  });
  return {
    dialect,
    app,
    users: { a: user('a', 1), b: user('b', 2), c: user('c', 3), d: user('d', 4), e: user('e', 5) },
    newName: (suffix) => `${prefix}-${suffix.replaceAll('_', '-')}`.slice(0, 48),
    unsignedSession,
    session: (more = {}) => {
      const params = { ...unsignedSession(), ...more };
      return app.auth_secret === null ? params : { ...params, signature: sign(params, app.auth_secret) };
    },
  };
}

/** Lets one request pass at a time, at the given rate. */
function pacer({ rate, now, sleep }: ConformOptions): () => Promise<void> {
  let next = 0;
  return async () => {
    const wait = next - now();
    next = Math.max(next, now()) + 1000 / rate;
    if (wait > 0) await sleep(wait);
  };
}
