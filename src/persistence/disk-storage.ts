import { printContents } from '../fixtures/export.ts';
import { messageOf } from '../support/errors.ts';
import { ChangeLog } from './change-log.ts';
import { DataFile, type Install } from './data-file.ts';
import { createDatabase, type Database, type DatabaseOptions, type PersistedState, readContent } from './database.ts';
import type { Disk } from './disk.ts';
import type { FileLock } from './lock.ts';
import type { Change, LogPosition } from './log-format.ts';
import type { OpenFiles } from './open-files.ts';
import { SerialQueue } from './serial-queue.ts';

export interface StorageOptions extends Pick<DatabaseOptions, 'load' | 'progress'> {
  readonly disk: Disk;
  /** Bounds the open files of all storages that share it. */
  readonly files: OpenFiles;
  /** Its `check` throws when another process uses the files by now. */
  readonly lock: Pick<FileLock, 'check'>;
  /** The content to start with when there is no data file. */
  readonly initial: PersistedState;
  /** Keeps the data file up to date for people who read and edit it: writes it whenever changes pause. */
  readonly upToDate?: boolean;
  /** Receives messages for the person who runs the emulator. */
  readonly warn: (text: string) => void;
}

/** The change log may always grow by this much before a checkpoint, so that small files are not rewritten all the time. */
const MIN_CHECKPOINT_BYTES = 1 << 20;

/** The disk's side of `Persistence`: a data file and its change log, with checkpoints in the background. */
export class DiskStorage {
  readonly path: string;
  readonly #disk: Disk;
  readonly #file: DataFile;
  readonly #log: ChangeLog;
  readonly #database: Database;
  readonly #loadContent: StorageOptions['load'];
  readonly #lock: StorageOptions['lock'];
  readonly #warn: (text: string) => void;
  /** Appending to the change log, and putting a new data file in place: one at a time. */
  readonly #queue = new SerialQueue();
  #storedVersion: string | undefined;
  #checkpoint: Promise<void> | undefined;
  /** The length of the change log (bytes) from which on a checkpoint is due. */
  #checkpointLength = 0;
  /** For the write of the whole file that is running: the end of the logged changes that it includes. */
  #included: () => LogPosition | Promise<LogPosition> = () => this.#log.end;

  /** Reads a data file, if there is one, and applies its change log. @throws DataError when they can't be used */
  static async open(path: string, options: StorageOptions): Promise<DiskStorage> {
    const storage = new DiskStorage(path, options);
    await storage.#load();
    return storage;
  }

  /** Removes the files of a storage that is not open. */
  static async remove(path: string, { promises }: Disk): Promise<void> {
    for (const file of [path, changeLogOf(path)]) await promises.rm(file, { force: true });
  }

  private constructor(path: string, { disk, files, initial, load, progress, lock, warn }: StorageOptions) {
    this.path = path;
    this.#disk = disk;
    this.#file = new DataFile(path, disk, files, warn);
    this.#log = new ChangeLog(changeLogOf(path), disk, files, warn);
    const install: Install = (hash, replace) => this.#install(hash, replace);
    this.#database = createDatabase(this.#file, initial, { load, install, progress });
    this.#loadContent = load;
    this.#lock = lock;
    this.#warn = warn;
  }

  async #load(): Promise<void> {
    await this.#database.read();
    const { hash } = this.#file;
    if (hash === '') {
      const orphan = this.#log.setAside();
      if (orphan) this.#warn(`${this.path} is missing, so its change log can't be used: renamed it to ${orphan}`);
    } else {
      const changes = this.#log.read(hash);
      for (const [collection, application, key, record] of changes)
        this.content.state.set(collection, application, key, record ?? undefined);
      this.#storedVersion = `${hash} ${this.#log.end.line}`;
    }
    // counts what earlier runs left in the log: servers that are always killed would never rewrite the file otherwise
    this.#checkpointLength = this.#growth;
  }

  get content(): PersistedState {
    return this.#database.data;
  }

  /** Differs whenever the stored content differs; undefined: nothing was stored. As it was when the storage was opened. */
  get storedVersion(): string | undefined {
    return this.#storedVersion;
  }

  /** Whether there are changes that the data file doesn't include. */
  get hasLoggedChanges(): boolean {
    return this.#log.end.bytes > 0;
  }

  /**
   * False while there is no data file, and when another program removed, replaced or changed one of the files.
   * @throws Error when something other than a file is at one of their paths
   */
  get isIntact(): boolean {
    return this.#file.isIntact && this.#log.isIntact;
  }

  /** True while changes that could not be written may still be found by the next start. */
  get holdsRefusedChanges(): boolean {
    return this.#log.holdsRefusedLine || !this.#file.isFlushed;
  }

  /** Takes refused changes off the disk. @throws the file system's error */
  async removeRefusedChanges(): Promise<void> {
    await this.#locked(() => this.#log.cutOff());
    await this.#checkpoint;
    if (!this.#file.isFlushed) await this.rewrite();
  }

  /** The checkpoint that is running. Never rejects. */
  get checkpoint(): Promise<void> | undefined {
    return this.#checkpoint;
  }

  /**
   * Appends a batch of changes to the change log. When the log has outgrown the data file, starts a checkpoint, which includes
   * them: the records must be as the changes say.
   */
  async append(changes: readonly Change[]): Promise<void> {
    const appended = this.#locked(() => this.#log.append(changes, this.#file.hash));
    if (!this.#checkpoint && this.#log.end.bytes > this.#checkpointLength) this.#startCheckpoint(appended);
    await appended;
  }

  /** Writes the whole file from the records as they are at this call. There must be no checkpoint running. */
  rewrite(): Promise<void> {
    return this.#writeFile(() => this.#log.end);
  }

  /**
   * The content of the data file, if another program has written it since, and `overwrite`, in which it is replaced.
   * @throws DataError with every problem in it
   */
  readTheirs(): { readonly content: PersistedState; overwrite(write: () => Promise<void>): Promise<void> } | undefined {
    const theirs = this.#file.readTheirs();
    return theirs && { ...theirs, content: readContent(theirs.bytes, this.path, this.#loadContent) };
  }

  /** Writes the content to a copy beside the data file. */
  saveOurs(): Promise<void> {
    return this.#file.saveOurs(printContents(this.content));
  }

  async close(): Promise<void> {
    await this.#checkpoint;
    await this.#locked(() => this.#log.close()).catch(() => this.#log.release());
  }

  /** Closes and removes the files. @throws DataError when the lock is lost */
  async remove(): Promise<void> {
    this.#lock.check();
    await this.close();
    await DiskStorage.remove(this.path, this.#disk);
  }

  #startCheckpoint(included: Promise<LogPosition>): void {
    this.#checkpoint = this.#writeFile(() => included)
      .catch((error) => {
        const message = `${this.path} can't be rewritten, so its change log keeps growing: ${messageOf(error)}`;
        // if the append failed, its caller reports that
        return included.then(
          () => this.#warn(message),
          () => {},
        );
      })
      .finally(() => {
        this.#checkpoint = undefined;
        this.#setCheckpointLength();
      });
  }

  async #writeFile(included: () => LogPosition | Promise<LogPosition>): Promise<void> {
    this.#included = included;
    await this.#database.write();
  }

  #install(hash: string, replace: () => Promise<void>): Promise<void> {
    return this.#locked(async () => {
      await this.#log.checkpoint(hash, await this.#included(), replace);
      this.#setCheckpointLength();
    });
  }

  /** Runs a write: one at a time, and only while no other process has locked the files. */
  #locked<R>(write: () => Promise<R>): Promise<R> {
    return this.#queue.run(async () => {
      this.#lock.check();
      const result = await write();
      this.#lock.check();
      return result;
    });
  }

  #setCheckpointLength(): void {
    this.#checkpointLength = this.#log.end.bytes + this.#growth;
  }

  /** The bytes of changes that are worth a checkpoint. */
  get #growth(): number {
    return Math.max(MIN_CHECKPOINT_BYTES, this.#file.size);
  }
}

function changeLogOf(path: string): string {
  return `${path}.changes`;
}
