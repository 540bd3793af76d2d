import { basename, dirname, join, resolve } from 'node:path';
import { type FixtureOptions, loadContents } from '../fixtures/load.ts';
import { messageOf } from '../support/errors.ts';
import type { PersistedState } from './database.ts';
import { DataError, type Disk, disk as nodeDisk, TEMPORARY } from './disk.ts';
import { DiskStorage } from './disk-storage.ts';
import { FileLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { OpenFiles } from './open-files.ts';
import { Persistence } from './persistence.ts';

export interface DataFilesOptions {
  /** How data files are checked and loaded. */
  readonly fixtures: FixtureOptions;
  /** Keeps the data files up to date for people who read and edit them. */
  readonly upToDate?: boolean;
  /** Receives messages for the person who runs the emulator. */
  readonly warn: (text: string) => void;
  /** The file system; tests pass one that fails. */
  readonly disk?: Disk;
}

/**
 * The files of `--data`, locked: the named one for the emulator itself, and one for each sandbox in a folder beside it.
 * Beside `state.json` are `state.json.changes`, `state.json.lock` and `state.json.sandboxes/w1.json` (with its own `.changes`).
 */
export class DataFiles {
  readonly #file: string;
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #options: DataFilesOptions;
  readonly #lock: FileLock;
  readonly #files = new OpenFiles();

  /** @throws DataError when another process has locked the file, or its folder can't be used */
  static async open(file: string, options: DataFilesOptions): Promise<DataFiles> {
    const disk = options.disk ?? nodeDisk;
    const path = realPath(resolve(file), disk);
    const lock = await FileLock.acquire(path, disk, options.warn);
    try {
      const files = new DataFiles(path, disk, lock, options);
      files.#sweep(dirname(path), `${basename(path)}.`);
      files.#sweep(files.#folder, '');
      return files;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(file: string, disk: Disk, lock: FileLock, options: DataFilesOptions) {
    this.#file = file;
    // appended to the whole name, so that `state` and `state.json` share nothing
    this.#folder = `${file}.sandboxes`;
    this.#disk = disk;
    this.#lock = lock;
    this.#options = options;
  }

  /**
   * Opens the files of a sandbox, or of the emulator itself (no name).
   * @param initial the content while there is no file
   * @throws DataError when they can't be used
   */
  async open(name: string, initial: PersistedState): Promise<Persistence> {
    const { fixtures, warn, upToDate = false } = this.#options;
    if (name !== '') attempt(this.#folder, 'created', () => makeFolder(this.#folder, 0o700, this.#disk));
    const load = (json: unknown) => loadContents(json, fixtures);
    return Persistence.open(this.#pathOf(name), {
      disk: this.#disk,
      files: this.#files,
      lock: this.#lock,
      initial,
      load,
      progress: fixtures.progress,
      upToDate,
      warn,
    });
  }

  /** Removes the files of a sandbox that is not open, readable or not. @throws DataError when the lock is lost */
  async remove(name: string): Promise<void> {
    this.#lock.check();
    await DiskStorage.remove(this.#pathOf(name), this.#disk);
  }

  /** The names of the sandboxes that have a file. */
  names(): string[] {
    return this.#list(this.#folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => decode(file.slice(0, -'.json'.length)));
  }

  has(name: string): boolean {
    return this.#disk.existsSync(this.#pathOf(name));
  }

  /** Releases the lock. */
  close(): void {
    this.#lock.release();
  }

  #pathOf(name: string): string {
    return name === '' ? this.#file : join(this.#folder, `${encode(name)}.json`);
  }

  /** Removes temporary files that a killed process left. */
  #sweep(folder: string, prefix: string): void {
    const temporary = this.#list(folder).filter((file) => file.startsWith(prefix) && TEMPORARY.test(file));
    attempt(folder, 'used', () => {
      for (const file of temporary) this.#disk.rmSync(join(folder, file), { force: true });
    });
  }

  #list(folder: string): string[] {
    return attempt(folder, 'read', () => (this.#disk.existsSync(folder) ? this.#disk.readdirSync(folder) : []));
  }
}

/** Resolves a symbolic link, also to a missing file: a rename would replace the link rather than the file. @throws DataError */
function realPath(file: string, disk: Disk): string {
  return attempt(file, 'used', () => {
    // throws if links lead in a circle
    if (disk.statSync(file, { throwIfNoEntry: false })) return disk.realpathSync(file);
    makeFolder(dirname(file), undefined, disk);
    const folder = disk.realpathSync(dirname(file));
    const link = disk.lstatSync(file, { throwIfNoEntry: false });
    return link ? realPath(resolve(folder, disk.readlinkSync(file)), disk) : join(folder, basename(file));
  });
}

/** @throws DataError that names the path and the file system's reason */
function attempt<R>(path: string, participle: 'read' | 'created' | 'used', run: () => R): R {
  try {
    return run();
  } catch (error) {
    throw new DataError(`${path} can't be ${participle}: ${messageOf(error)}`);
  }
}

/** Encodes capitals, since some file systems ignore case and names of sandboxes don't. */
function encode(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
}

function decode(name: string): string {
  return name.replace(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
