import { constants } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import {
  type Disk,
  identityOf,
  PRIVATE,
  readBytes,
  renameFile,
  saveCopy,
  statFile,
  syncFolder,
  temporaryPath,
  UnsettledError,
} from './disk.ts';
import type { OpenFiles } from './open-files.ts';

/** Chunk size: large enough for the disk, small enough not to block the event loop. */
const CHUNK = 65_536;

/** Called when a new version of the file is complete, with its hash. Must call `replace`, which puts it in place. */
export type Install = (hash: string, replace: () => Promise<void>) => Promise<void>;

/** A complete new version of the file, beside the file. */
interface StagedFile {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
}

/** A file that is read and replaced as a whole, and never written in place. */
export class DataFile {
  readonly path: string;
  /** SHA-256 of the file as it was last read or written; empty while there is none. */
  hash = '';
  /** In bytes. */
  size = 0;
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  readonly #warn: (text: string) => void;
  #identity: string | undefined;
  #isFlushed = true;

  /** @param warn receives a message when another program had changed the file that is being replaced */
  constructor(path: string, disk: Disk, files: OpenFiles, warn: (text: string) => void) {
    this.path = path;
    this.#disk = disk;
    this.#files = files;
    this.#warn = warn;
  }

  /** False when a new version is in place, but may not survive a power failure: its write was reported as failed. */
  get isFlushed(): boolean {
    return this.#isFlushed;
  }

  /**
   * False while there is no file, when its last write failed halfway, and when another program removed, replaced or changed it.
   * @throws Error when something other than a file is at its path
   */
  get isIntact(): boolean {
    return this.#isFlushed && this.#identity !== undefined && identityOf(this.#disk, this.path) === this.#identity;
  }

  /** @returns undefined when there is no file @throws DataError */
  read(): Buffer | undefined {
    const bytes = readBytes(this.#disk, this.path);
    if (bytes) this.#remember(hash('sha256', bytes, 'hex'), bytes.length);
    return bytes;
  }

  /**
   * The file, if another program has written it since it was last read or written. `overwrite` runs a write that includes this version,
   * which needs no copy then, unless the write fails.
   * @throws DataError
   */
  readTheirs(): { readonly bytes: Buffer; overwrite(write: () => Promise<void>): Promise<void> } | undefined {
    if (this.isIntact) return undefined;
    // before it is read: another program may write it again meanwhile
    const theirs = identityOf(this.#disk, this.path);
    const bytes = readBytes(this.#disk, this.path);
    if (!bytes) return undefined;
    const overwrite = async (write: () => Promise<void>) => {
      this.#remember(hash('sha256', bytes, 'hex'), bytes.length, theirs);
      try {
        await write();
      } catch (error) {
        if (this.#identity === theirs) this.#identity = undefined;
        throw error;
      }
    };
    return { bytes, overwrite };
  }

  /** Writes its content to a copy beside the file. */
  async saveOurs(pieces: Iterable<string>): Promise<void> {
    const copy = `${this.path}.ours`;
    statFile(this.#disk, copy);
    const temporary = temporaryPath(copy);
    await this.#files.run(() => this.#stage(temporary, pieces));
    await renameFile(this.#disk, temporary, copy);
  }

  /** Writes a new version beside the file, then lets `install` replace the file. */
  async write(pieces: Iterable<string>, install: Install): Promise<void> {
    const temporary = temporaryPath(this.path);
    try {
      const staged = await this.#files.run(() => this.#stage(temporary, pieces));
      await install(staged.hash, () => this.#replaceBy(staged));
    } catch (error) {
      await this.#disk.promises.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  async #stage(path: string, pieces: Iterable<string>): Promise<StagedFile> {
    const output = await this.#disk.promises.open(path, 'wx', PRIVATE);
    const digest = createHash('sha256');
    let size = 0;
    const write = async (text: string) => {
      const bytes = Buffer.from(text);
      digest.update(bytes);
      size += bytes.length;
      if (size > constants.MAX_STRING_LENGTH) throw new Error('the file would be too large to be read again');
      await output.appendFile(bytes);
    };
    try {
      let chunk = '';
      for (const piece of pieces) {
        chunk += piece;
        if (chunk.length < CHUNK) continue;
        await write(chunk);
        chunk = '';
      }
      await write(chunk);
      await output.sync();
    } finally {
      await output.close();
    }
    return { path, hash: digest.digest('hex'), size };
  }

  async #replaceBy({ path, hash, size }: StagedFile): Promise<void> {
    if (hash === this.hash && this.isIntact) {
      // the file has this content already, and a rename that isn't needed can't fail
      await this.#disk.promises.rm(path, { force: true }).catch(() => {});
      return;
    }
    await this.#saveTheirs();
    // a rename keeps it; afterwards, another program may have replaced the file already
    const identity = identityOf(this.#disk, path);
    await renameFile(this.#disk, path, this.path);
    this.#remember(hash, size, identity);
    this.#isFlushed = false;
    await this.#files
      .run(() => syncFolder(this.#disk, this.path))
      .catch((error) => {
        throw new UnsettledError(error);
      });
    this.#isFlushed = true;
  }

  /** Copies the file when another program has changed it. */
  async #saveTheirs(): Promise<void> {
    const found = identityOf(this.#disk, this.path);
    if (found === undefined || found === this.#identity) return;
    const copy = `${this.path}.theirs`;
    await saveCopy(this.#disk, this.path, copy);
    this.#warn(`${this.path} was changed by another program: its version is saved as ${copy}`);
  }

  #remember(hash: string, size: number, identity = identityOf(this.#disk, this.path)): void {
    this.hash = hash;
    this.size = size;
    this.#identity = identity;
  }
}
