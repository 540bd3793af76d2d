import { constants, isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { Adapter } from 'lowdb';
import { textOf } from '../fixtures/export.ts';
import type { FixtureContents } from '../fixtures/load.ts';
import { parseJson, placeIn } from '../fixtures/parse-json.ts';
import { FixtureError } from '../fixtures/schema.ts';
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
const MAX_SHOWN = 20;

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
      const contents = this.#options.load(parseJson(decode(bytes)));
      this.hash = hash('sha256', bytes, 'hex');
      this.size = bytes.length;
      this.#identity = identityOf(this.#options.disk, this.path);
      return contents;
    } catch (error) {
      const problems = error instanceof FixtureError ? error.problems : [messageOf(error)];
      const shown = problems.slice(0, MAX_SHOWN).map((problem) => `  ${problem}`);
      const more = problems.length > MAX_SHOWN ? [`  … and ${problems.length - MAX_SHOWN} more`] : [];
      throw new DataError([`${this.path} can't be used, and is left as it is:`, ...shown, ...more].join('\n'));
    }
  }

  /** Writes what the contents are at the time of this call, whatever changes meanwhile. */
  async write(contents: Writing): Promise<void> {
    const pieces = textOf(contents);
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

function decode(bytes: Buffer): string {
  const text = bytes.toString();
  if (isUtf8(bytes)) return text;
  // each bad byte reads as this character, which may be there in its own right too
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    const before = Buffer.byteLength(text.slice(0, at));
    if (bytes.toString('utf8', before, before + 3) !== '\ufffd' || bytes[before] !== 0xef) {
      throw new FixtureError([`${placeIn(text, at)}: a byte that is no UTF-8`]);
    }
  }
  return text;
}
