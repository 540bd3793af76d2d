import { hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { TableName } from '../store/state.ts';
import { DataError, type Disk, PRIVATE, readBytes, replaceFile, statFile, syncFolder } from './disk.ts';

/** A record as it is after a change (null: gone), and where: table, application (of users), key. */
export type Change = readonly [table: TableName, application: number, key: number | string, record: object | null];

/** What a line says. */
interface Contents {
  /** The first line: the data file, by its hash, that the changes are on top of. */
  readonly base: { readonly version: 1; readonly hash: string };
  /** Changes that are kept together or not at all. */
  readonly changes: readonly Change[];
  /** A data file is about to take the place of the base; it includes the changes up to line `upTo`. */
  readonly folded: { readonly hash: string; readonly upTo: number };
}
type Kind = keyof Contents;
type Line = { readonly [K in Kind]: { readonly n: number; readonly kind: K; readonly content: Contents[K] } }[Kind];

/** The end of a line: its number, and the length of the journal up to there. */
export interface End {
  readonly number: number;
  readonly length: number;
}
const NOTHING: End = { number: 0, length: 0 };

const LINE = /^\{"n":(\d+),"sum":"([\w-]+)","(base|changes|folded)":(.*)\}$/s;
const NEWLINE = 10;

/**
 * The append-only journal beside a data file: what has changed since the file was written. One line is one write to the disk;
 * lines are numbered and carry a checksum. A line is begun only when the one before it is on disk, so that a crash can damage
 * no line but the last, whose changes nobody was promised.
 */
export class ChangeLog {
  readonly path: string;
  readonly #disk: Disk;
  #handle: FileHandle | undefined;
  /** Of the file that was read or written to last: another one in its place is not the journal. */
  #inode: number | undefined;
  #end: End = NOTHING;
  /** Behind the end is something that must not be there. */
  #uncut = false;

  constructor(path: string, disk: Disk) {
    this.path = path;
    this.#disk = disk;
  }

  /** Where the last good line ends. Length 0: nothing has changed since the data file was written. */
  get end(): End {
    return this.#end;
  }

  /** False when it was removed, replaced or cut by somebody else. @throws Error when something else than a file is there */
  get isThere(): boolean {
    const stat = statFile(this.#disk, this.path);
    if (this.#end.length === 0) return true;
    return stat !== undefined && stat.size >= this.#end.length && (this.#inode ?? stat.ino) === stat.ino;
  }

  /**
   * The changes that a data file doesn't include.
   * @param base the file's hash
   * @param warn told of a last line that is left out
   * @throws DataError when a line before the last is damaged, or the journal belongs to another data file
   */
  read(base: string, warn: (text: string) => void): Change[] {
    const bytes = readBytes(this.#disk, this.path);
    this.#inode = statFile(this.#disk, this.path)?.ino;
    const lines = bytes ? this.#readLines(bytes, warn) : [];
    const start = lines.findLast(({ kind, content }) => kind !== 'changes' && content.hash === base);
    if (!start && lines.length > 0) {
      throw new DataError(
        `${this.path} holds changes that the emulator had no time to put into its data file, which somebody else has changed ` +
          'since. Put the file back as it was, or delete the journal to go on without these changes',
      );
    }
    const from = start?.kind === 'folded' ? start.content.upTo : 0;
    return lines.flatMap((line) => (line.kind === 'changes' && line.n > from ? line.content : []));
  }

  #readLines(bytes: Buffer, warn: (text: string) => void): Line[] {
    const lines: Line[] = [];
    let damaged: number | undefined;
    for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
      end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = bytes.length;
      const line = end < bytes.length ? readLine(bytes.toString('utf8', start, end)) : undefined;
      if (!line) {
        damaged ??= lines.length + 1;
      } else if (damaged !== undefined || !isNext(line, lines.at(-1))) {
        throw new DataError(
          `${this.path}, line ${damaged ?? lines.length + 1}, is damaged, and changes behind it are not. Put back a copy of ` +
            'the journal, or delete it to go on with the data file alone',
        );
      } else {
        lines.push(line);
        this.#end = { number: line.n, length: end + 1 };
      }
    }
    if (damaged !== undefined)
      warn(`${this.path}: the last line is incomplete and left out; its write was never confirmed`);
    return lines;
  }

  /** Keeps changes. What could not be written wholly is cut off again. @param base the hash of the data file */
  async append(changes: readonly Change[], base: string): Promise<void> {
    await this.#write('changes', changes, base);
  }

  /**
   * Lets a new data file take the place of the base, and begins anew on top of it. Wherever this is interrupted, journal and
   * data file tell what belongs together.
   * @param included where the changes end that the new file has in it
   */
  async fold(hash: string, included: End, replace: () => Promise<void>): Promise<void> {
    const end = this.#end;
    if (end.length === 0) return replace();
    await this.#write('folded', { hash, upTo: included.number }, hash);
    await replace();
    // when this fails, the line just written says what it would have done
    await this.#restart(hash, included, end).catch(() => {});
  }

  async #write<K extends Kind>(kind: K, content: Contents[K], base: string): Promise<void> {
    const { number, length } = this.#end;
    const first = length === 0 ? lineOf(0, 'base', { version: 1, hash: base }) : '';
    const bytes = Buffer.from(first + lineOf(number + 1, kind, content));
    try {
      const handle = this.#handle ?? (await this.#open());
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      await this.#cutBack();
      throw error;
    }
    this.#end = { number: number + 1, length: length + bytes.length };
  }

  async #open(): Promise<FileHandle> {
    statFile(this.#disk, this.path);
    const handle = await this.#disk.promises.open(this.path, 'a', PRIVATE);
    this.#handle = handle;
    this.#inode = (await handle.stat()).ino;
    await handle.truncate(this.#end.length);
    this.#uncut = false;
    if (this.#end.length === 0) await syncFolder(this.#disk, this.path);
    return handle;
  }

  /** To the last good line: now if possible, else before the next write, or at the end. */
  async #cutBack(): Promise<void> {
    await this.#handle?.truncate(this.#end.length).catch(() => {
      this.#uncut = true;
    });
    await this.#release();
  }

  async #restart(base: string, from: End, to: End): Promise<void> {
    await this.#release();
    if (from.length === to.length) return this.remove();
    if (!this.isThere) throw new Error('it is no longer there');
    const all = await this.#disk.promises.readFile(this.path);
    const first = lineOf(from.number, 'base', { version: 1, hash: base });
    const bytes = Buffer.concat([Buffer.from(first), all.subarray(from.length, to.length)]);
    const temporary = `${this.path}.${process.pid}.tmp`;
    const output = await this.#disk.promises.open(temporary, 'w', PRIVATE);
    let inode: number;
    try {
      await output.appendFile(bytes);
      await output.sync();
      inode = (await output.stat()).ino;
    } finally {
      await output.close();
    }
    await replaceFile(this.#disk, temporary, this.path);
    this.#inode = inode;
    this.#end = { number: to.number, length: bytes.length };
  }

  /** Puts a journal out of the way whose data file is gone. @returns where it is now */
  setAside(): string | undefined {
    if (!this.#disk.existsSync(this.path)) return undefined;
    const aside = `${this.path}.orphan`;
    this.#disk.renameSync(this.path, aside);
    return aside;
  }

  async remove(): Promise<void> {
    await this.#disk.promises.rm(this.path, { force: true });
    this.#end = NOTHING;
  }

  /** Lets go of the file. What is left of a line that was begun goes with it. */
  async close(): Promise<void> {
    if (this.#uncut) await this.#open().catch(() => {});
    await this.#release();
    if (this.#end.length === 0) await this.remove().catch(() => {});
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }
}

function lineOf<K extends Kind>(n: number, kind: K, content: Contents[K]): string {
  const body = JSON.stringify(content);
  return `{"n":${n},"sum":"${sumOf(n, kind, body)}","${kind}":${body}}\n`;
}

function readLine(text: string): Line | undefined {
  const [, n, sum, kind, body] = LINE.exec(text) ?? [];
  if (body === undefined || sum !== sumOf(Number(n), kind as Kind, body)) return undefined;
  return { n: Number(n), kind: kind as Kind, content: JSON.parse(body) } as Line;
}

function isNext(line: Line, last: Line | undefined): boolean {
  return last ? line.n === last.n + 1 && line.kind !== 'base' : line.kind === 'base';
}

function sumOf(n: number, kind: Kind, body: string): string {
  return hash('sha256', `${n} ${kind} ${body}`, 'base64url').slice(0, 22);
}
