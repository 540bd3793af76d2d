import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import { evidenceText } from '../model/evidence.ts';
import type { ProviderName } from '../model/providers.ts';
import type { Settings } from '../model/records.ts';
import type { Behaviour } from '../sandbox/behaviours.ts';
import { keysOf } from '../support/values.ts';
import type { Answer, Call, Circumstances, Probe } from './calls.ts';
import { type Claim, claimNamed } from './claim.ts';
import { compare } from './compare.ts';
import type { Send } from './http.ts';
import { type LearnedFile, learn, newDifferences } from './learn.ts';
import { type OpenClaim, openClaims, reasonNotToAsk } from './open-claims.ts';
import { PROBES } from './probes.ts';
import { CannotAsk, Service } from './service.ts';
import { SETTING_PROBES } from './setting-probes.ts';
import { nameOf, type Outcome, rowOf, settle } from './verdict.ts';
import { type WorldFacts, withoutValues, worldOf } from './world.ts';

const RUN_USERS = "the run's users";

/** The emulator that answers the same calls. */
export interface Reference {
  readonly send: Send;
  /** The keys of the errors in its last answer, and the behaviours on which it rests. */
  lastAnswer(): { readonly errors: readonly ErrorKey[]; readonly behaviours: readonly Behaviour[] };
  close(): Promise<void>;
}

export interface ConformOptions extends WorldFacts {
  /** The claims of the dialect's tables, by name. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly upstream: { readonly url: string; readonly send: Send };
  /** Starts an emulator with the application and these settings. */
  readonly openReference: (settings: Settings) => Promise<Reference>;
  readonly errorRow: (key: ErrorKey) => ErrorRow;
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

/** A result about a row or a setting, or the reason why there is none. */
export type Finding =
  | ({ readonly kind: 'row' } & Outcome)
  | { readonly kind: 'setting'; readonly of: string; readonly ours: string; readonly theirs: string }
  | ({ readonly kind: 'open' } & OpenClaim)
  /** The service refuses users with all fields: those of the run have few. */
  | { readonly kind: 'refused'; readonly of: string; readonly answer: Answer }
  /** A question that the emulator itself answers with another row. */
  | { readonly kind: 'misplaced'; readonly of: string; readonly reason: string };

/** The result of a run. */
export interface Conformance {
  readonly file: LearnedFile;
  /** How many questions were asked, about how many rows, and how many of these differ. */
  readonly questions: number;
  readonly rows: number;
  readonly differing: number;
  /** How many settings differ from the defaults. */
  readonly settings: number;
  /** The service has refused users with all fields. */
  readonly hasFewFields: boolean;
  /** The logins of users that could not be deleted. */
  readonly left: readonly string[];
  /** Why the run ended before its last call. */
  readonly stopped: Error | undefined;
}

/** Asks a service what the rows of the emulator claim, and the emulator the same. Users that it creates are deleted at the end. */
export async function conform(options: ConformOptions): Promise<Conformance> {
  const { dialect, claims, app, upstream, readOnly, signal, sleep, now, onFinding } = options;
  const started = now();
  const service = new Service(worldOf(options, started), { ...upstream, pace: pacer(options), sleep, signal });
  const outcomes: Outcome[] = [];
  let settings: Partial<Settings> = {};
  let circumstances: Circumstances = { dialect, settings: dialect.settings, app };
  let stopped: Error | undefined;
  let left: readonly string[] = [];
  let reference: Reference | undefined;
  let refusal: Answer | undefined;
  try {
    await service.open();
    if (!readOnly) refusal = await service.signUpUsers();
    if (refusal) onFinding({ kind: 'refused', of: RUN_USERS, answer: withoutValues(refusal, service.world) });
    settings = await readSettings(service, options);
    circumstances = { ...circumstances, settings: { ...dialect.settings, ...settings } };
    reference = await options.openReference(circumstances.settings);
    const emulator = new Service(worldOf(options, started), {
      url: 'http://localhost',
      send: reference.send,
      pace: async () => {},
      sleep,
      signal,
    });
    await emulator.open();
    if (!readOnly) await emulator.signUpUsers(refusal !== undefined);
    for (const probe of PROBES) {
      const claim = claimNamed(claims, probe.of);
      if (!claim || reasonNotToAsk(probe, circumstances, readOnly)) continue;
      const ours = await emulator.ask(probe);
      const { errors, behaviours } = reference.lastAnswer();
      const isMeant = behaviours.some((each) => restsOn(each, claim));
      if (!isMeant || errors.length > 0 !== claim.of.startsWith('error:')) {
        const reason = `the emulator itself answers ${ours.status} ${errors.join()}`.trim();
        onFinding({ kind: 'misplaced', of: nameOf(probe), reason });
        continue;
      }
      const theirs = await service.ask(probe);
      const answers = { ours: withoutValues(ours, emulator.world), theirs: withoutValues(theirs, service.world) };
      const outcome = outcomeOf(probe, claim, answers, outcomes, options);
      outcomes.push(outcome);
      onFinding({ kind: 'row', ...outcome });
    }
  } catch (error) {
    if (!(error instanceof CannotAsk)) throw error;
    stopped = error;
  } finally {
    await reference?.close();
    left = await service.cleanUp();
  }
  const otherwise = stopped ? 'the run ended before' : 'its question was left out';
  const open = openClaims(claims, outcomes, circumstances, readOnly, otherwise);
  // a question that was left out has a finding already
  const shown = stopped ? [] : open.filter(({ reason }) => reason !== otherwise);
  for (const each of shown) onFinding({ kind: 'open', ...each });
  const date = new Date(now()).toISOString().slice(0, 10);
  const openGuesses = open.flatMap(({ of, guesses }) => guesses.map((text) => `${of}: ${text}`));
  const file = learn(dialect.name, date, outcomes, settings, openGuesses, options.errorRow);
  const ofUsers = refusal ? [`${RUN_USERS}: status ${refusal.status}`] : [];
  return {
    file: { ...file, differences: [...ofUsers, ...file.differences] },
    questions: outcomes.length,
    rows: new Set(outcomes.map(({ of }) => of)).size,
    differing: new Set(outcomes.filter(({ differences }) => differences.length > 0).map(({ of }) => of)).size,
    settings: Object.keys(settings).length,
    hasFewFields: refusal !== undefined,
    left,
    stopped,
  };
}

/** @param earlier the outcomes of the questions before */
function outcomeOf(
  probe: Probe,
  claim: Claim,
  answers: Pick<Outcome, 'ours' | 'theirs'>,
  earlier: readonly Outcome[],
  { dialect, errorRow }: Pick<ConformOptions, 'dialect' | 'errorRow'>,
): Outcome {
  const { of } = claim;
  const [kind, key] = rowOf(of).split(':');
  const row = kind === 'error' ? errorRow(key as ErrorKey) : undefined;
  const first = earlier.find((each) => each.teaches && rowOf(each.of) === rowOf(of));
  const all = compare(answers.ours, answers.theirs, probe);
  const added = newDifferences(all, answers, first, earlier, row);
  const isSettled = earlier.some((each) => each.of === of);
  return {
    of,
    probe,
    ...answers,
    differences: added,
    guesses: settle(probe, isSettled ? undefined : claim, dialect, { all, added }),
    teaches: first === undefined && !isXml(answers.ours),
  };
}

function isXml({ headers }: Answer): boolean {
  return /\bxml\b/.test(headers['content-type'] ?? '');
}

/** Whether an answer rests on a claim of this dialect. */
function restsOn({ of, evidence }: Behaviour, claim: Claim): boolean {
  return of === claim.of && evidenceText(evidence) === evidenceText(claim.rule);
}

/** A call of a run, with the name of its question. */
export interface PlannedCall {
  readonly name: string;
  readonly call: Call;
}

/**
 * The questions of a run, in their order, as they would be sent; their ids are 0. Which of them are asked depends on the
 * application's settings: these are all.
 */
export function plannedCalls(options: WorldFacts & Pick<ConformOptions, 'now' | 'readOnly'>): PlannedCall[] {
  const { dialect, readOnly, app, now } = options;
  const world = worldOf(options, now());
  const settings = { ...dialect.settings, disable_list_users_v1: false };
  const circumstances = { dialect, settings, app };
  const ofSettings = SETTING_PROBES.map((probe) => ({ ...probe, of: `setting:${probe.setting}` }));
  return [...ofSettings, ...PROBES]
    .filter((probe) => reasonNotToAsk(probe, circumstances, readOnly) === undefined)
    .map((probe) => ({ name: nameOf(probe), call: probe.call(world) }));
}

/** The settings of the application that differ from the defaults. */
async function readSettings(service: Service, options: ConformOptions): Promise<Partial<Settings>> {
  const { dialect, app, readOnly, onFinding } = options;
  const circumstances = { dialect, settings: dialect.settings, app };
  const read: Partial<Record<keyof Settings, boolean | number | string>> = {};
  const providers: ProviderName[] = [];
  let knowsProviders = true;
  const note = (name: keyof Settings, value: boolean | number | string) => {
    read[name] = value;
    onFinding({ kind: 'setting', of: `setting:${name}`, ours: String(dialect.settings[name]), theirs: String(value) });
  };
  for (const probe of SETTING_PROBES) {
    if (reasonNotToAsk(probe, circumstances, readOnly)) continue;
    const { setting, provider } = probe;
    const answer = await service.ask(probe);
    const value = probe.read(answer);
    if (value === undefined) {
      const of = `setting:${setting}${provider ? `:${provider}` : ''}`;
      onFinding({ kind: 'open', of, reason: `the answer doesn't show it: ${answer.status}`, guesses: [] });
      if (provider) knowsProviders = false;
    } else if (provider === undefined) note(setting, value);
    else if (value) providers.push(provider);
  }
  const isComplete = providers.length === keysOf(dialect.rules.providers).length;
  if (knowsProviders) note('providers', isComplete ? 'all' : providers.join(',') || 'none');
  const differing = Object.entries(read).filter(([name, value]) => value !== dialect.settings[name as keyof Settings]);
  return Object.fromEntries(differing);
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
