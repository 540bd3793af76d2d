import { type Adapter, Low } from 'lowdb';
import { printContents } from '../fixtures/export.ts';
import { FixtureError, listProblems } from '../fixtures/fixture-error.ts';
import type { FixtureContents } from '../fixtures/load.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { State } from '../store/state.ts';
import { messageOf } from '../support/errors.ts';
import { PROGRESS_STEP, type Progress } from '../support/progress.ts';
import type { DataFile, Install } from './data-file.ts';
import { DataError } from './disk.ts';

/** The content of a data file in memory, which requests read and change. */
export interface PersistedState {
  state: State;
  snapshots: Map<string, State>;
}

/** lowdb's database: `read` and `write` move the whole content between `data` and the file. */
export type Database = Low<PersistedState>;

export interface DatabaseOptions {
  /** Checks and loads what the file's JSON says. @throws FixtureError */
  readonly load: (json: unknown) => FixtureContents;
  readonly install: Install;
  readonly progress?: Progress | undefined;
}

/** @param initial the content while there is no file */
export function createDatabase(file: DataFile, initial: PersistedState, options: DatabaseOptions): Database {
  return new Low(new DataFileAdapter(file, options), initial);
}

/** @throws DataError with every problem and its place in the file */
export function readContent(bytes: Buffer, path: string, load: DatabaseOptions['load']): PersistedState {
  try {
    const { state, snapshots } = load(parseJson(bytes));
    return { state, snapshots: new Map(snapshots) };
  } catch (error) {
    const problems = error instanceof FixtureError ? error.problems : [messageOf(error)];
    throw new DataError(`${path} can't be used and was left unchanged:\n${listProblems(problems)}`);
  }
}

class DataFileAdapter implements Adapter<PersistedState> {
  readonly #file: DataFile;
  readonly #options: DatabaseOptions;

  constructor(file: DataFile, options: DatabaseOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** @returns null when there is no file @throws DataError with every problem and its place in the file */
  async read(): Promise<PersistedState | null> {
    const bytes = this.#file.read();
    if (!bytes) return null;
    return readContent(bytes, this.#file.path, this.#options.load);
  }

  /** Writes the content as it is at the time of the call, even if it changes meanwhile. */
  async write(content: PersistedState): Promise<void> {
    const pieces = printContents(content);
    const { install, progress } = this.#options;
    await this.#file.write(progress ? reported(pieces, sizeOf(content), progress) : pieces, install);
  }
}

/** The number of records: almost that of the pieces. */
function sizeOf({ state, snapshots }: PersistedState): number {
  const users = (each: State) => [...each.applications.values()].reduce((sum, { id }) => sum + each.users(id).size, 0);
  return [state, ...snapshots.values()].reduce(
    (sum, each) => sum + users(each) + each.sessions.size + each.mails.size,
    0,
  );
}

function* reported(pieces: Iterable<string>, total: number, progress: Progress): Generator<string> {
  let done = 0;
  for (const piece of pieces) {
    if (++done % PROGRESS_STEP === 0) progress('writing', done, total);
    yield piece;
  }
}
