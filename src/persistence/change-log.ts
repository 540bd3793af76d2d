import type { FileHandle } from 'node:fs/promises';
import { DataError, type Disk, PRIVATE, readBytes, replaceFile, statFile, syncFolder } from './disk.ts';
import {
  type Change,
  EMPTY_LOG,
  formatLine,
  type LineContent,
  type LineKind,
  type LogPosition,
  parseLog,
} from './log-format.ts';

/** The append-only log beside a data file: every change since the file was written. One line is one write to the disk. */
export class ChangeLog {
  readonly path: string;
  readonly #disk: Disk;
  #handle: FileHandle | undefined;
  /** The inode when the log was last read or opened; another one means that another program replaced the file. */
  #inode: number | undefined;
  #end = EMPTY_LOG;
  /** Set when a failed write could not be cut off: the next write does it when it opens the file, or else `close`. */
  #hasTornTail = false;

  constructor(path: string, disk: Disk) {
    this.path = path;
    this.#disk = disk;
  }

  /** The end of the last valid line. 0 bytes: nothing has changed since the data file was written. */
  get end(): LogPosition {
    return this.#end;
  }

  /**
   * False when another program removed, replaced or truncated the log.
   * @throws Error when something other than a file is at its path
   */
  get isIntact(): boolean {
    const stat = statFile(this.#disk, this.path);
    if (this.#end.bytes === 0) return true;
    return stat !== undefined && stat.size >= this.#end.bytes && (this.#inode ?? stat.ino) === stat.ino;
  }

  /**
   * Reads the changes that the data file doesn't include.
   * @param base the hash of the data file
   * @param warn receives a message when the last line was unfinished and is ignored
   * @throws DataError when a line before the last is damaged, or the log belongs to another data file
   */
  read(base: string, warn: (text: string) => void): readonly Change[] {
    const bytes = readBytes(this.#disk, this.path);
    if (!bytes) return [];
    this.#inode = statFile(this.#disk, this.path)?.ino;
    const log = parseLog(bytes, base);
    if (log.problem === 'damaged') {
      throw new DataError(
        `${this.path}: line ${log.line} is damaged, but later lines are not. Restore a copy of this change log, or delete it ` +
          'to go on with the data file alone',
      );
    }
    if (log.problem === 'foreign') {
      throw new DataError(
        `${this.path} holds changes that are not in the data file yet, but another program has changed the data file since. ` +
          'Restore the data file, or delete this change log to go on without these changes',
      );
    }
    if (log.torn) warn(`${this.path}: ignored the incomplete last line; its write was never confirmed`);
    this.#end = log.end;
    return log.changes;
  }

  /** Appends changes durably. Cuts off what a failed write leaves. @param base the hash of the data file @returns the new end */
  async append(changes: readonly Change[], base: string): Promise<LogPosition> {
    await this.#write('changes', changes, base);
    return this.#end;
  }

  /**
   * Lets a new data file take the place of the base, and starts the log again on top of it. A crash at any point is harmless:
   * log and data file together always show which changes the file includes.
   * @param hash of the new data file
   * @param included the end of the changes that the new file includes
   * @param replace puts the new file in place
   */
  async checkpoint(hash: string, included: LogPosition, replace: () => Promise<void>): Promise<void> {
    const end = this.#end;
    if (end.bytes === 0) return replace();
    await this.#write('checkpoint', { hash, upTo: included.line }, hash);
    await replace();
    // if this fails, the line just written stands for it
    await this.#startAgain(hash, included, end).catch(() => {});
  }

  async #write<K extends LineKind>(kind: K, content: LineContent<K>, base: string): Promise<void> {
    const { line, bytes } = this.#end;
    const first = bytes === 0 ? formatLine(0, 'base', { version: 1, hash: base }) : '';
    const written = Buffer.from(first + formatLine(line + 1, kind, content));
    try {
      const handle = this.#handle ?? (await this.#open());
      await handle.appendFile(written);
      await handle.datasync();
    } catch (error) {
      await this.#cutOff();
      throw error;
    }
    this.#end = { line: line + 1, bytes: bytes + written.length };
  }

  async #open(): Promise<FileHandle> {
    statFile(this.#disk, this.path);
    const handle = await this.#disk.promises.open(this.path, 'a', PRIVATE);
    this.#handle = handle;
    this.#inode = (await handle.stat()).ino;
    await handle.truncate(this.#end.bytes);
    this.#hasTornTail = false;
    if (this.#end.bytes === 0) await syncFolder(this.#disk, this.path);
    return handle;
  }

  /** Cuts off a failed write. */
  async #cutOff(): Promise<void> {
    await this.#handle?.truncate(this.#end.bytes).catch(() => {
      this.#hasTornTail = true;
    });
    await this.#release();
  }

  /** Replaces the log by one on top of a new data file: with the changes between two positions, or none at all. */
  async #startAgain(base: string, from: LogPosition, to: LogPosition): Promise<void> {
    await this.#release();
    if (from.bytes === to.bytes) return this.#remove();
    if (!this.isIntact) throw new Error('another program changed it');
    const all = await this.#disk.promises.readFile(this.path);
    const first = formatLine(from.line, 'base', { version: 1, hash: base });
    const written = Buffer.concat([Buffer.from(first), all.subarray(from.bytes, to.bytes)]);
    const temporary = `${this.path}.${process.pid}.tmp`;
    const output = await this.#disk.promises.open(temporary, 'w', PRIVATE);
    let inode: number;
    try {
      await output.appendFile(written);
      await output.sync();
      inode = (await output.stat()).ino;
    } finally {
      await output.close();
    }
    await replaceFile(this.#disk, temporary, this.path);
    this.#inode = inode;
    this.#end = { line: to.line, bytes: written.length };
  }

  /** Renames a log whose data file is gone. @returns its new path; undefined: there is no log */
  setAside(): string | undefined {
    if (!this.#disk.existsSync(this.path)) return undefined;
    const orphan = `${this.path}.orphan`;
    this.#disk.renameSync(this.path, orphan);
    return orphan;
  }

  /** Closes the file. Removes an empty log, and what a failed write left. */
  async close(): Promise<void> {
    if (this.#hasTornTail) await this.#open().catch(() => {});
    await this.#release();
    if (this.#end.bytes === 0) await this.#remove().catch(() => {});
  }

  async #remove(): Promise<void> {
    await this.#disk.promises.rm(this.path, { force: true });
    this.#end = EMPTY_LOG;
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }
}
