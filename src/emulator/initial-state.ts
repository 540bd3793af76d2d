import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import builtInFixture from '../../fixtures/users.json' with { type: 'json' };
import type { Config } from '../config/options.ts';
import { UsageError, usageError } from '../config/usage-error.ts';
import { listKnown } from '../control/control-error.ts';
import { readSettings } from '../control/operations/applications.ts';
import { FaultSchema } from '../control/operations/faults.ts';
import { readInput } from '../control/schemas.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { FixtureError, listProblems } from '../fixtures/fixture-error.ts';
import { type FixtureOptions, loadFixture } from '../fixtures/load.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { Application, Settings } from '../model/records.ts';
import { EvidenceCounts } from '../sandbox/evidence-counts.ts';
import type { InitialState } from '../sandbox/initial-state.ts';
import { createMailRelay } from '../sandbox/mail-relay.ts';
import { stubProblems } from '../sandbox/stubs.ts';
import { Warnings } from '../sandbox/warnings.ts';
import { State } from '../store/state.ts';
import { ensureStub } from '../store/stubs.ts';
import { Clock } from '../support/clock.ts';
import { isoSeconds } from '../support/dates.ts';
import { messageOf, reasonOf } from '../support/errors.ts';
import type { Progress } from '../support/progress.ts';
import { createRandom } from '../support/random.ts';
import { isObject } from '../support/values.ts';
import { readLearnedDialects } from './learned-files.ts';
import { readStubs } from './stub-files.ts';

/**
 * Builds the state that every sandbox starts with, from the options.
 * @param warn called once for each mail that `--smtp` could not send
 * @param progress called while a seed or a data file is loaded or written
 * @throws UsageError for options that can't be used; with exit code 4 for a seed
 */
export function createInitialState(config: Config, warn: (text: string) => void, progress?: Progress): InitialState {
  const { sources, anyApp, smtp } = config;
  const settings = forOption(sources.set, () => readSettings(config.set));
  const options: FixtureOptions = {
    dialects: DIALECTS.map(({ name }) => name),
    defaultApplication: documentedApplication(DIALECTS[0]),
    random: createRandom(config.deterministic),
    now: isoSeconds(config.freezeTime ?? new Clock().now()),
    stubProblems,
    progress,
  };
  const given = config.app.map((app) => readApplication(app, sources.app));
  const bare = new State();
  for (const dialect of DIALECTS) bare.applications.put(documentedApplication(dialect));
  addApplications(bare, given, sources.app);
  const { seed, onlyApplication } = loadSeed(config.seed, options, bare);
  applySettings(seed, settings);
  const stubs = readStubs(config.stub, sources.stub);
  const addStubs = (state: State) => {
    for (const stub of stubs) ensureStub(state, stub, null);
  };
  addStubs(seed);
  const empty = new State();
  for (const stub of seed.stubs.values()) empty.stubs.put(stub);
  for (const app of seed.applications.values()) empty.applications.put(app);
  return {
    seed,
    empty,
    defaultApplication: onlyApplication ?? options.defaultApplication.id,
    frozenAt: config.freezeTime,
    randomSeed: config.deterministic,
    faults: config.fault.map((fault) => forOption(sources.fault, () => readInput(FaultSchema, fault))),
    anyApp,
    newApplicationSettings: settings,
    configure: (state) => {
      addApplications(state, given, sources.app);
      applySettings(state, settings);
      addStubs(state);
    },
    learned: readLearnedDialects(config.learned, sources.learned),
    fixtures: options,
    journal: config.journal,
    relay: smtp === undefined ? undefined : createMailRelay(smtp, warn),
    warnings: new Warnings(),
    evidence: new EvidenceCounts(),
  };
}

/** The application that a dialect's documents show: it is there without any option. */
function documentedApplication({ name, application }: Dialect): Application {
  return { ...application, dialect: name, next_user_id: 1, settings: {} };
}

/** @throws UsageError for an unknown dialect */
function readApplication({ dialect, ...app }: Config['app'][number], source: string): Application {
  const names = DIALECTS.map(({ name }) => name);
  const known = dialect === undefined ? DIALECTS[0] : DIALECTS.find(({ name }) => name === dialect);
  if (!known) throw usageError(source, `'${dialect}' is not a dialect; ${listKnown('dialects', names)}`);
  return { ...documentedApplication(known), ...app };
}

/** Puts the applications of `--app` into a state; one that is there gets the given keys. @throws UsageError when another has the key */
function addApplications({ applications }: State, given: readonly Application[], source: string): void {
  for (const app of given) {
    const stored = applications.get(app.id);
    if (stored && stored.auth_key === app.auth_key && stored.auth_secret === app.auth_secret) continue;
    const holder = applications.find('auth_key', app.auth_key);
    if (holder && holder.id !== app.id)
      throw usageError(source, `application ${holder.id} has the auth key ${app.auth_key} already`);
    const { next_user_id, settings } = stored ?? app;
    applications.put({ ...app, next_user_id, settings });
  }
}

/** Puts the settings of `--set` into every application. One that has them stays as it is: a change would be written to disk. */
function applySettings({ applications }: State, given: Partial<Settings>): void {
  for (const app of applications.values()) {
    const settings = { ...app.settings, ...given };
    if (!isDeepStrictEqual(settings, app.settings)) applications.put({ ...app, settings });
  }
}

interface LoadedSeed {
  readonly seed: State;
  /** The id of the application in the seed, if it has just one. */
  readonly onlyApplication?: number | undefined;
}

/** @param bare the applications that are there without a seed @throws UsageError (exit code 4) */
function loadSeed(seed: Config['seed'], options: FixtureOptions, bare: State): LoadedSeed {
  if (seed === false) return { seed: bare };
  if (seed === true) return { seed: loadFixture(builtInFixture, options, bare) };
  const file = typeof seed === 'string' ? resolve(seed) : '';
  const name = file === '' ? 'the seed' : `the seed ${file}`;
  try {
    const content = typeof seed === 'string' ? parseJson(readFileSync(file)) : seed;
    return { seed: loadFixture(content, options, bare), onlyApplication: onlyApplicationOf(content) };
  } catch (error) {
    if (error instanceof FixtureError)
      throw new UsageError(`${name} can't be used:\n${listProblems(error.problems)}${csvHint(file)}`, 4);
    throw new UsageError(`${name} can't be read: ${reasonOf(error)}`, 4);
  }
}

/** @param fixture has been checked */
function onlyApplicationOf(fixture: unknown): number | undefined {
  const applications: readonly unknown[] =
    isObject(fixture) && Array.isArray(fixture.applications) ? fixture.applications : [];
  const [only] = applications;
  return applications.length === 1 && isObject(only) && typeof only.id === 'number' ? only.id : undefined;
}

/** Reads an option's value with a reader that doesn't know its source. @throws UsageError that names the source */
function forOption<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw usageError(source, messageOf(error));
  }
}

function csvHint(file: string): string {
  return /\.[ct]sv$/i.test(file) ? '\n(a seed is JSON; docs/reference/fixtures.md shows how to make one of CSV)' : '';
}
