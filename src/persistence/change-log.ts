import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  DataError,
  type Disk,
  PRIVATE,
  readBytes,
  renameFile,
  saveCopy,
  statFile,
  syncFolder,
  temporaryPath,
  UnsettledError,
} from './disk.ts';
import {
  type Change,
  EMPTY_LOG,
  formatLine,
  type LineContent,
  type LineKind,
  type LogPosition,
  parseLog,
} from './log-format.ts';
import type { IdleFile, OpenFiles } from './open-files.ts';

/** The bytes after the last valid line: none, part of a line, or a whole line whose changes were refused. */
type Tail = 'none' | 'torn' | 'refused';

/** The append-only log beside a data file: every change since the file was written. One line is one write to the disk. */
export class ChangeLog implements IdleFile {
  readonly path: string;
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  readonly #warn: (text: string) => void;
  #handle: FileHandle | undefined;
  /** The inode when the log was last read or opened; another one means that another program replaced the file. */
  #inode: number | undefined;
  #end = EMPTY_LOG;
  /** Whether the log would still be at its path after a power failure. */
  #isNameFlushed = true;
  /** Left by a failed write that could not be cut off: the next write does it, `cutOff`, or else `close`. */
  #tail: Tail = 'none';

  /** @param warn receives a message when the last line was unfinished, and when another program changed the log */
  constructor(path: string, disk: Disk, files: OpenFiles, warn: (text: string) => void) {
    this.path = path;
    this.#disk = disk;
    this.#files = files;
    this.#warn = warn;
  }

  /** Whether the next start would read a line whose write failed. */
  get holdsRefusedLine(): boolean {
    return this.#tail === 'refused';
  }

  /** The end of the last valid line. 0 bytes: nothing has changed since the data file was written. */
  get end(): LogPosition {
    return this.#end;
  }

  /**
   * False when another program removed, replaced or truncated the log. Bytes that it appended are cut off by the next write.
   * @throws Error when something other than a file is at its path
   */
  get isIntact(): boolean {
    const stat = this.#stat();
    if (this.#end.bytes === 0) return true;
    return stat !== undefined && stat.size >= this.#end.bytes && (this.#inode ?? stat.ino) === stat.ino;
  }

  /**
   * Reads the changes that the data file doesn't include.
   * @param base the hash of the data file
   * @throws DataError when a line before the last is damaged, or the log belongs to another data file
   */
  read(base: string): readonly Change[] {
    const bytes = readBytes(this.#disk, this.path, false);
    if (!bytes) return [];
    this.#inode = this.#stat()?.ino;
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
    if (log.torn) {
      this.#tail = 'torn';
      this.#warn(`${this.path}: ignored the incomplete last line; its write was never confirmed`);
    }
    this.#end = log.end;
    return log.changes;
  }

  /**
   * Appends changes durably. Cuts off what a failed write leaves.
   * @param base the hash of the data file
   * @returns the new end
   * @throws UnsettledError when that fails, too; else the file system's error
   */
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
    if (!this.isIntact) {
      // the new file includes all changes, so that this log is needed no more
      await replace();
      await this.#abandon().catch(() => {});
      return;
    }
    await this.#write('checkpoint', { hash, upTo: included.line }, hash);
    await replace();
    // if this fails, the line just written replaces it
    await this.#files.run(() => this.#startAgain(hash, included, end)).catch(() => {});
  }

  #write<K extends LineKind>(kind: K, content: LineContent<K>, base: string): Promise<void> {
    return this.#files.run(async () => {
      this.#files.take(this);
      const { line, bytes } = this.#end;
      const first = bytes === 0 ? formatLine(0, 'base', { version: 1, hash: base }) : '';
      const written = Buffer.from(first + formatLine(line + 1, kind, content));
      let isWhole = false;
      try {
        const handle = this.#handle ?? (await this.#open());
        await this.#flushName();
        await this.#cutTail(handle);
        this.#tail = 'torn';
        await handle.appendFile(written);
        isWhole = true;
        this.#tail = 'refused';
        await handle.datasync();
        await this.#checkLength(handle, bytes + written.length);
        this.#tail = 'none';
      } catch (error) {
        if (this.#handle) await this.#cutTail(this.#handle).catch(() => {});
        await this.release();
        throw isWhole && this.#tail === 'refused' ? new UnsettledError(error) : error;
      }
      this.#end = { line: line + 1, bytes: bytes + written.length };
      this.#files.keep(this);
    });
  }

  async #open(): Promise<FileHandle> {
    const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = this.#disk.constants;
    const isNew = this.#end.bytes === 0;
    if (isNew) await this.#clearPath();
    // Windows has no O_NOFOLLOW
    const flags = O_WRONLY | O_APPEND | (O_NOFOLLOW ?? 0) | (isNew ? O_CREAT | O_EXCL : 0);
    const handle = await this.#disk.promises.open(this.path, flags, PRIVATE);
    this.#handle = handle;
    this.#inode = (await handle.stat()).ino;
    if (isNew) this.#isNameFlushed = false;
    return handle;
  }

  async #flushName(): Promise<void> {
    if (this.#isNameFlushed) return;
    await syncFolder(this.#disk, this.path);
    this.#isNameFlushed = true;
  }

  /** Makes room for a new log: removes what a failed write left, and keeps what another program wrote. */
  async #clearPath(): Promise<void> {
    const found = this.#stat();
    if (!found) return;
    if (found.size > 0 && this.#tail === 'none')
      return this.#saveTheirs((copy) => renameFile(this.#disk, this.path, copy));
    await this.#disk.promises.rm(this.path, { force: true });
    this.#tail = 'none';
  }

  /** Cuts off what follows the last valid line. Keeps a copy if another program wrote it. */
  async #cutTail(handle: FileHandle): Promise<void> {
    const { bytes } = this.#end;
    const length = this.#disk.fstatSync(handle.fd).size;
    if (length < bytes) throw new Error(`another program truncated ${basename(this.path)}`);
    if (length > bytes || this.#tail === 'refused') {
      if (this.#tail === 'none') await this.#saveTheirs((copy) => saveCopy(this.#disk, this.path, copy));
      await handle.truncate(bytes);
      await handle.datasync();
    }
    this.#tail = 'none';
  }

  /** Behind the bytes of another program, a line could not be read again. */
  async #checkLength(handle: FileHandle, expected: number): Promise<void> {
    if (this.#disk.fstatSync(handle.fd).size === expected) return;
    await this.#saveTheirs((copy) => saveCopy(this.#disk, this.path, copy));
    throw new Error(`another program writes to ${basename(this.path)}`);
  }

  async #saveTheirs(save: (copy: string) => Promise<void>): Promise<void> {
    const copy = `${this.path}.theirs`;
    await save(copy);
    this.#warn(`${this.path} was changed by another program: its version is saved as ${copy}`);
  }

  /** Cuts off what a failed write left, if that was not possible before. @throws the file system's error */
  async cutOff(): Promise<void> {
    if (this.#tail === 'none') return;
    await this.#files.run(async () => {
      this.#files.take(this);
      try {
        if (this.#end.bytes === 0) await this.#remove();
        else await this.#cutTail(this.#handle ?? (await this.#open()));
      } finally {
        await this.release();
      }
    });
  }

  /** Stops using a log that another program has changed. */
  async #abandon(): Promise<void> {
    await this.release();
    this.#end = EMPTY_LOG;
    this.#tail = 'none';
    if (this.#stat()) await this.#clearPath();
  }

  #stat() {
    return statFile(this.#disk, this.path, false);
  }

  /** Replaces the log by one on top of a new data file: with the changes between two positions, or none at all. */
  async #startAgain(base: string, from: LogPosition, to: LogPosition): Promise<void> {
    await this.release();
    if (from.bytes === to.bytes) return this.#remove();
    if (!this.isIntact) throw new Error('another program changed it');
    const all = await this.#disk.promises.readFile(this.path);
    const first = formatLine(from.line, 'base', { version: 1, hash: base });
    const written = Buffer.concat([Buffer.from(first), all.subarray(from.bytes, to.bytes)]);
    const temporary = temporaryPath(this.path);
    const output = await this.#disk.promises.open(temporary, 'wx', PRIVATE);
    let inode: number;
    try {
      await output.appendFile(written);
      await output.sync();
      inode = (await output.stat()).ino;
    } finally {
      await output.close();
    }
    await renameFile(this.#disk, temporary, this.path);
    this.#inode = inode;
    this.#end = { line: to.line, bytes: written.length };
    this.#isNameFlushed = false;
    await this.#flushName();
  }

  /** Renames a log whose data file is gone. @returns its new path; undefined: there is no log */
  setAside(): string | undefined {
    if (!this.#stat()) return undefined;
    const orphan = `${this.path}.orphan`;
    this.#disk.renameSync(this.path, orphan);
    return orphan;
  }

  /** Closes the file. Removes an empty log, and what a failed write left. */
  async close(): Promise<void> {
    await this.cutOff().catch(() => {});
    await this.release();
    if (this.#end.bytes === 0) await this.#remove().catch(() => {});
  }

  /** Removes the log, unless another program has put its own there. */
  async #remove(): Promise<void> {
    const found = this.#stat();
    if (found && found.ino === this.#inode) await this.#disk.promises.rm(this.path, { force: true });
    this.#end = EMPTY_LOG;
    this.#tail = 'none';
  }

  async release(): Promise<void> {
    this.#files.take(this);
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }
}
