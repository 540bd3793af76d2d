import { basename, dirname, join, resolve } from 'node:path';
import { type FixtureOptions, loadContents } from '../fixtures/load.ts';
import { messageOf } from '../support/errors.ts';
import { DataError, type Disk, makeFolder, disk as nodeDisk } from './disk.ts';
import { lockFile } from './lock.ts';
import { Persistence } from './persistence.ts';

/** The names of files while they are written. */
const UNFINISHED = /\.\d+(?:-\d+)?\.tmp$/;

export interface DataOptions {
  readonly fixtures: FixtureOptions;
  /** Told of what whoever runs the emulator should know. */
  readonly warn: (text: string) => void;
  /** Where the files are; a test gives a disk that fails. */
  readonly disk?: Disk;
}

/**
 * The files of `--data`, locked: the named one for the emulator itself and, in a folder beside it, one for each sandbox.
 * `state.json` has `state.json.journal`, `state.json.lock` and `state.json.sandboxes/w1.json` (and its journal) beside it.
 */
export class DataFiles {
  readonly #file: string;
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #options: DataOptions;
  readonly #unlock: () => void;

  /** @throws DataError when the file is another process' own, or its folder can't be used */
  constructor(file: string, options: DataOptions) {
    this.#disk = options.disk ?? nodeDisk;
    this.#options = options;
    this.#file = this.#realPath(resolve(file));
    // like everything beside it, so that `state` and `state.json` share nothing
    this.#folder = `${this.#file}.sandboxes`;
    this.#unlock = lockFile(this.#file, this.#disk);
    try {
      this.#sweep(dirname(this.#file), `${basename(this.#file)}.`);
      this.#sweep(this.#folder, '');
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** What keeps a sandbox; the unnamed one is the emulator's own. @throws DataError when there can be no folder for it */
  of(name: string): Persistence {
    if (name !== '') tried(this.#folder, 'made', () => makeFolder(this.#disk, this.#folder, 0o700));
    const load = (given: unknown) => loadContents(given, this.#options.fixtures);
    return new Persistence(this.#pathOf(name), { disk: this.#disk, load, warn: this.#options.warn });
  }

  /** The sandboxes that have a file. */
  names(): string[] {
    return this.#list(this.#folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => decode(file.slice(0, -'.json'.length)));
  }

  has(name: string): boolean {
    return this.#disk.existsSync(this.#pathOf(name));
  }

  /** Gives the lock back. */
  close(): void {
    this.#unlock();
  }

  #pathOf(name: string): string {
    return name === '' ? this.#file : join(this.#folder, `${encode(name)}.json`);
  }

  /** The file itself where the name is a link: a rename would replace the link. */
  #realPath(file: string): string {
    return tried(file, 'used', () => {
      if (this.#disk.existsSync(file)) return this.#disk.realpathSync(file);
      makeFolder(this.#disk, dirname(file));
      return join(this.#disk.realpathSync(dirname(file)), basename(file));
    });
  }

  /** Removes what a process that was killed had begun to write. */
  #sweep(folder: string, prefix: string): void {
    const unfinished = this.#list(folder).filter((file) => file.startsWith(prefix) && UNFINISHED.test(file));
    tried(folder, 'used', () => {
      for (const file of unfinished) this.#disk.rmSync(join(folder, file), { force: true });
    });
  }

  #list(folder: string): string[] {
    return tried(folder, 'read', () => (this.#disk.existsSync(folder) ? this.#disk.readdirSync(folder) : []));
  }
}

/** @throws DataError that says of what the file system refused */
function tried<R>(path: string, what: 'read' | 'made' | 'used', run: () => R): R {
  try {
    return run();
  } catch (error) {
    throw new DataError(`${path} can't be ${what}: ${messageOf(error)}`);
  }
}

/** On some systems the names of files don't tell large letters from small ones; those of sandboxes do. */
function encode(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
}

function decode(name: string): string {
  return name.replace(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
