import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config, OptionName } from '../config/options.ts';
import { changedPart } from '../fixtures/changed-part.ts';
import { FixtureError } from '../fixtures/fixture-error.ts';
import { loadFixture } from '../fixtures/load.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { InitialState } from '../sandbox/initial-state.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { counted } from '../support/counted.ts';
import { messageOf } from '../support/errors.ts';
import { keysOf } from '../support/values.ts';
import { createInitialState } from './initial-state.ts';
import type { Sandboxes } from './sandboxes.ts';
import { watchFiles } from './watch-files.ts';

/** The options that a running server can change. */
const CHANGEABLE: readonly OptionName[] = ['seed', 'app', 'anyApp', 'set', 'latency', 'fault', 'stub'];

export interface ReloadingOptions {
  readonly initial: InitialState;
  readonly sandboxes: Sandboxes;
  /** Receives a message about each change, for the person who runs the emulator. */
  readonly warn: (text: string) => void;
}

/** `--watch`: reads the files of a running server again when they change. A file with a mistake changes nothing. */
export class Reloading {
  /** The options in force. */
  config: Config;
  readonly #options: ReloadingOptions;
  #seed: unknown;
  #running: Promise<void> = Promise.resolve();
  readonly #stops: (() => void)[] = [];

  constructor(config: Config, options: ReloadingOptions) {
    this.config = config;
    this.#options = options;
    if (config.watch) this.#seed = contentOf(config.seed);
  }

  /** Watches the files that the options name. */
  start(): void {
    const { seed, stub, data } = this.config;
    const read = [seed, ...stub].filter((file) => typeof file === 'string').map((file) => resolve(file));
    this.#watch(read, (file) => this.#apply(this.config, file));
    if (data !== undefined) this.#watch([resolve(data)], (file) => this.#takeIn(file));
  }

  /** Watches the config file. @param read reads all options again @throws UsageError */
  watchConfig(file: string, read: () => Config): void {
    this.#watch([file], () => this.#apply(read(), file));
  }

  /** Calls back for one change after the other. A mistake is reported, and changes nothing. */
  #watch(files: readonly string[], changed: (file: string) => Promise<void>): void {
    const stop = watchFiles(files, (file) => {
      this.#running = this.#running
        .then(() => changed(file))
        .catch((error) => this.#options.warn(`${file} was changed, but not read: ${messageOf(error)}`));
    });
    this.#stops.push(stop);
  }

  /** Stops watching, and lets a change that is being applied end. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#running;
  }

  /**
   * Applies options whose files or values have changed. New and changed users of the seed come into the running state, all others
   * stay; resets and new sandboxes get the new seed.
   * @param file the one that has changed, for the message
   * @throws UsageError when they can't be used; then nothing has changed
   */
  async #apply(config: Config, file: string): Promise<void> {
    const { initial, sandboxes, warn } = this.#options;
    // counts, clock and mail server stay those of the start
    const { seed, empty, defaultApplication, faults, anyApp, newApplicationSettings, configure } = createInitialState(
      config,
      warn,
    );
    const content = contentOf(config.seed);
    const own = await sandboxes.open('');
    const { fixture, users } = changedPart(this.#seed, content, own.state, initial.fixtures.defaultApplication.id);
    const added = faults.filter((fault) => !initial.faults.some((known) => isDeepStrictEqual(known, fault)));
    const fixed = keysOf(config).filter(
      (name) => name !== 'sources' && !CHANGEABLE.includes(name) && !isDeepStrictEqual(config[name], this.config[name]),
    );
    this.#seed = content;
    this.config = config;
    Object.assign(initial, { seed, empty, defaultApplication, faults, anyApp, newApplicationSettings, configure });
    const problem = fixture === undefined ? undefined : merge(own, fixture, initial);
    for (const sandbox of sandboxes.opened()) {
      initial.configure(sandbox.state);
      for (const fault of added) sandbox.faults.add(fault);
      await sandbox.commit();
    }
    warn(
      `${file} was read again${users > 0 && problem === undefined ? `: ${counted(users, 'new or changed user')}` : ''}`,
    );
    if (problem !== undefined) warn(`the new users don't fit the state (users-emulator reset loads them): ${problem}`);
    if (fixed.length > 0) warn(`these options change at the next start: ${fixed.join(', ')}`);
  }

  async #takeIn(file: string): Promise<void> {
    const outcome = await (await this.#options.sandboxes.open('')).takeInEdit();
    if (outcome === 'taken')
      this.#options.warn(`${file} was edited, and is the state now; the state before is in ${file}.ours`);
    if (outcome === 'refused')
      this.#options.warn(
        `${file} was edited while requests changed the state: repeat the edit, which is saved as ${file}.theirs`,
      );
  }
}

/** @returns a problem, if the state has users that exclude those of the fixture */
function merge(sandbox: Sandbox, fixture: unknown, { fixtures }: InitialState): string | undefined {
  try {
    const defaultApplication =
      sandbox.state.applications.get(fixtures.defaultApplication.id) ?? fixtures.defaultApplication;
    sandbox.replaceState(loadFixture(fixture, { ...fixtures, defaultApplication }, sandbox.state), 'import');
    return undefined;
  } catch (error) {
    if (error instanceof FixtureError) return error.problems.join('; ');
    throw error;
  }
}

/** The content of a seed file that could be loaded. */
function contentOf(seed: Config['seed']): unknown {
  return typeof seed === 'string' ? parseJson(readFileSync(seed)) : seed;
}
