import { constants } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { Adapter } from 'lowdb';
import { printContents } from '../fixtures/export.ts';
import { FixtureError, listProblems } from '../fixtures/fixture-error.ts';
import type { FixtureContents } from '../fixtures/load.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { messageOf } from '../support/errors.ts';
import { DataError, type Disk, identityOf, PRIVATE, readBytes, replaceFile, statFile } from './disk.ts';

/** What is written, and how it takes its turn. */
export interface Writing extends FixtureContents {
  /** Called when the new file is complete, with its hash; `replace` puts it in the place of the old one. */
  readonly turn: (hash: string, replace: () => Promise<void>) => Promise<void>;
}

export interface DataFileOptions {
  readonly disk: Disk;
  /** Checks and loads what the file says. @throws FixtureError */
  readonly load: (given: unknown) => FixtureContents;
  readonly warn: (text: string) => void;
}

/** Enough for the disk, and little enough that nobody waits for it to be made. */
const PIECE = 65_536;

/** lowdb's adapter for a data file: read with checks, written whole and never in place. */
export class DataFile implements Adapter<Writing> {
  readonly path: string;
  readonly #options: DataFileOptions;
  #identity: string | undefined;
  #count = 0;
  /** Of the file as it was last read or written; undefined while there is none. */
  hash: string | undefined;
  size = 0;

  constructor(path: string, options: DataFileOptions) {
    this.path = path;
    this.#options = options;
  }

  /** False when there is none, or somebody else has removed, replaced or changed it. @throws Error when it is no file */
  get isUnchanged(): boolean {
    return this.#identity !== undefined && identityOf(this.#options.disk, this.path) === this.#identity;
  }

  async read(): Promise<Writing | null> {
    const contents = this.load();
    return contents && { ...contents, turn: (_hash, replace) => replace() };
  }

  /** What the file says; null: there is none. @throws DataError that says where and why it can't be used */
  load(): FixtureContents | null {
    const bytes = readBytes(this.#options.disk, this.path);
    if (!bytes) return null;
    try {
      const contents = this.#options.load(parseJson(bytes));
      this.hash = hash('sha256', bytes, 'hex');
      this.size = bytes.length;
      this.#identity = identityOf(this.#options.disk, this.path);
      return contents;
    } catch (error) {
      const problems = error instanceof FixtureError ? error.problems : [messageOf(error)];
      throw new DataError(`${this.path} can't be used and was left unchanged:\n${listProblems(problems)}`);
    }
  }

  /** Writes what the contents are at the time of this call, whatever changes meanwhile. */
  async write(contents: Writing): Promise<void> {
    const pieces = printContents(contents);
    const { promises } = this.#options.disk;
    const temporary = `${this.path}.${process.pid}-${++this.#count}.tmp`;
    try {
      const written = await this.#writeTemporary(temporary, pieces);
      await contents.turn(written.hash, () => this.#replace(temporary, written));
    } catch (error) {
      await promises.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  async remove(): Promise<void> {
    await this.#options.disk.promises.rm(this.path, { force: true });
    this.#identity = undefined;
  }

  async #writeTemporary(file: string, pieces: Iterable<string>): Promise<{ hash: string; size: number }> {
    const output = await this.#options.disk.promises.open(file, 'wx', PRIVATE);
    const digest = createHash('sha256');
    let size = 0;
    const write = async (text: string) => {
      const bytes = Buffer.from(text);
      digest.update(bytes);
      size += bytes.length;
      if (size > constants.MAX_STRING_LENGTH) throw new Error('it would be too large to be read again');
      await output.appendFile(bytes);
    };
    try {
      let text = '';
      for (const piece of pieces) {
        text += piece;
        if (text.length < PIECE) continue;
        await write(text);
        text = '';
      }
      await write(text);
      await output.sync();
    } finally {
      await output.close();
    }
    return { hash: digest.digest('hex'), size };
  }

  async #replace(temporary: string, written: { hash: string; size: number }): Promise<void> {
    const { disk, warn } = this.#options;
    if (written.hash === this.hash && this.isUnchanged) {
      // it says the same already, and what can't fail is best
      await disk.promises.rm(temporary, { force: true }).catch(() => {});
      return;
    }
    const found = identityOf(disk, this.path);
    if (found !== undefined && found !== this.#identity) {
      const copy = `${this.path}.theirs`;
      statFile(disk, copy);
      await disk.promises.copyFile(this.path, copy);
      warn(`${this.path} was changed by somebody else: what they wrote is kept as ${copy}`);
    }
    await replaceFile(disk, temporary, this.path);
    this.hash = written.hash;
    this.size = written.size;
    this.#identity = identityOf(disk, this.path);
  }
}
