import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import builtInFixture from '../../fixtures/users.json' with { type: 'json' };
import { type Config, UsageError, usageError } from '../config/options.ts';
import { readSettings } from '../control/operations/applications.ts';
import { FaultSchema } from '../control/operations/faults.ts';
import { readInput } from '../control/schemas.ts';
import { DIALECTS } from '../dialects/index.ts';
import { FixtureError, listProblems } from '../fixtures/fixture-error.ts';
import { type FixtureOptions, loadFixture } from '../fixtures/load.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { Application, Settings } from '../model/records.ts';
import type { FaultInput } from '../sandbox/faults.ts';
import { createMailRelay } from '../sandbox/mail-relay.ts';
import type { InitialState } from '../sandbox/sandbox.ts';
import { Warnings } from '../sandbox/warnings.ts';
import { State } from '../store/state.ts';
import { Clock, isoSeconds } from '../support/clock.ts';
import { messageOf } from '../support/errors.ts';
import { createRandom } from '../support/random.ts';

/** The state that every sandbox begins with. @throws UsageError (exit code 4) for a seed that can't be used */
export function createInitialState(config: Config, warn: (text: string) => void): InitialState {
  const settings = settingsOf(config);
  const known = DIALECTS.map(
    ({ name, application }): Application => ({ ...application, dialect: name, next_user_id: 1, settings: {} }),
  );
  const options: FixtureOptions = {
    dialects: DIALECTS.map(({ name }) => name),
    defaultApplication: known[0]!,
    random: createRandom(config.deterministic),
    now: isoSeconds(config.freezeTime ?? new Clock().now()),
  };
  const bare = new State();
  for (const app of known) bare.applications.put(app);
  const given = config.app.map((app) => applicationOf(app, config));
  configure(bare, given, {}, config);
  const seed = loadSeed(config.seed, options, bare);
  for (const app of seed.applications.values())
    seed.applications.put({ ...app, settings: { ...app.settings, ...settings } });
  const empty = new State();
  for (const app of seed.applications.values()) empty.applications.put(app);
  return {
    seed,
    empty,
    frozenAt: config.freezeTime,
    idSeed: config.deterministic,
    faults: config.fault.map((fault) => readFault(fault, config)),
    anyApp: config.anyApp,
    newApplicationSettings: settings,
    configure: (state) => configure(state, given, settings, config),
    fixtures: options,
    relay: config.smtp === undefined ? undefined : createMailRelay(config.smtp, warn),
    warnings: new Warnings(),
  };
}

/** What is said at the start wins over what is kept. @throws UsageError */
function configure(
  { applications }: State,
  given: readonly Application[],
  settings: Partial<Settings>,
  { places }: Config,
): void {
  for (const app of given) {
    const { next_user_id, settings: own, ...known } = applications.get(app.id) ?? app;
    if (applications.get(app.id) && known.auth_key === app.auth_key && known.auth_secret === app.auth_secret) continue;
    const holder = applications.find('auth_key', app.auth_key);
    if (holder && holder.id !== app.id)
      throw usageError(places.app!, `application ${holder.id} has the auth key ${app.auth_key} already`);
    applications.put({ ...app, next_user_id, settings: own });
  }
  for (const app of applications.values()) {
    const changed = Object.entries(settings).some(([name, value]) => app.settings[name as keyof Settings] !== value);
    if (changed) applications.put({ ...app, settings: { ...app.settings, ...settings } });
  }
}

function loadSeed(seed: Config['seed'], options: FixtureOptions, bare: State): State {
  if (seed === false) return bare;
  if (seed === true) return loadFixture(builtInFixture, options, bare);
  const file = typeof seed === 'string' ? resolve(seed) : '';
  const name = file === '' ? 'the seed' : `the seed ${file}`;
  try {
    return loadFixture(typeof seed === 'string' ? parseJson(readFileSync(file, 'utf8')) : seed, options, bare);
  } catch (error) {
    if (error instanceof FixtureError)
      throw new UsageError(`${name} can't be used:\n${listProblems(error.problems)}`, 4);
    throw new UsageError(`${name} can't be read: ${messageOf(error)}`, 4);
  }
}

function settingsOf({ set, places }: Config): Partial<Settings> {
  try {
    return readSettings(set);
  } catch (error) {
    throw usageError(places.set!, messageOf(error));
  }
}

function applicationOf({ dialect = DIALECTS[0].name, ...app }: Config['app'][number], { places }: Config): Application {
  const facts = DIALECTS.find(({ name }) => name === dialect);
  if (!facts)
    throw usageError(
      places.app!,
      `'${dialect}' is no dialect; there is: ${DIALECTS.map(({ name }) => name).join(', ')}`,
    );
  return { ...app, dialect, owner_id: facts.application.owner_id, next_user_id: 1, settings: {} };
}

function readFault(given: Config['fault'][number], { places }: Config): FaultInput {
  try {
    return readInput(FaultSchema, given);
  } catch (error) {
    throw usageError(places.fault!, messageOf(error));
  }
}
