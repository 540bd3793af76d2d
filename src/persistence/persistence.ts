import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { State, StateListener } from '../store/state.ts';
import { messageOf } from '../support/errors.ts';
import { Batch } from './batch.ts';
import type { PersistedState } from './database.ts';
import { UnsettledError } from './disk.ts';
import { DiskStorage, type StorageOptions } from './disk-storage.ts';

/** Above this many changes the whole file is written instead: it is serialized in chunks, without blocking requests. */
const MAX_LOGGED_CHANGES = 10_000;
/** How long (ms) deferred changes wait for another change to be written with. */
const DEFERRED_WRITE_DELAY = 1000;
/** How long (ms) there must be no changes before a file that is to be up to date is written. */
const PAUSE = 500;

/**
 * Stores a sandbox: every change is on disk before its request is answered.
 *
 *     change ──▶ memory, and its before-image in the next batch
 *                  │ commit(); for deferred changes alone, a second later
 *                  ▼
 *                batch ──▶ change log: append one line, fsync ──▶ commit() resolves
 *     reset and    │            │ the log has outgrown the data file: a checkpoint, in the background
 *     the like, or │            ▼
 *     very many    └──▶ temporary file of all records as they are now, fsync
 *     changes                   ▼
 *                       log line "checkpoint" ──▶ rename over the data file ──▶ log starts again ──▶ commit() resolves
 *
 *     a batch fails ───────▶ rollback: before-images return to memory, the log is cut back, commit() rejects. If the log can't
 *                            be cut back either, commit() stays pending until it can: a change that was refused is never
 *                            found by the next start
 *     a checkpoint fails ──▶ data file and log stay as they are, and the log grows until the next checkpoint
 *
 * So the cost of a change doesn't depend on the size of the file, and memory and disk agree. Batches are written one after
 * another: changes that arrive during a write form the next batch.
 */
export class Persistence {
  readonly #storage: DiskStorage;
  readonly #warn: (text: string) => void;
  readonly #upToDate: boolean;
  #pauseTimer: NodeJS.Timeout | undefined;
  /** Collects changes until it is written. */
  #next = new Batch();
  #writing: Batch | undefined;
  /** The loop that writes batches, while there are any. */
  #running: Promise<void> | undefined;
  /** Set by every non-deferred change and cleared by `commit`, which must run in the same turn as the change. */
  #uncommitted = false;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the last write failed. */
  #failing = false;
  /** Rejects the commits of batches that were refused, but may be on disk: not before they are off it. */
  #withheld: (() => void)[] = [];
  #closing = false;
  #closed = false;

  /**
   * Opens a data file with its change log. If there is no file, `rewrite` or the first change creates it.
   * @throws DataError when they can't be used
   */
  static async open(path: string, options: StorageOptions): Promise<Persistence> {
    return new Persistence(await DiskStorage.open(path, options), options);
  }

  private constructor(storage: DiskStorage, { warn, upToDate = false }: StorageOptions) {
    this.#storage = storage;
    this.#warn = warn;
    this.#upToDate = upToDate;
    this.#state.onChange = this.#record;
  }

  /** The stored state and snapshots. Records may change at any time, all else only in `replaceAll`. */
  get content(): PersistedState {
    return this.#storage.content;
  }

  get #state(): State {
    return this.#storage.content.state;
  }

  /** Differs whenever the stored content differs; undefined: nothing was stored. As it was when the file was opened. */
  get storedVersion(): string | undefined {
    return this.#storage.storedVersion;
  }

  /** Runs a change that replaces the state or adds or removes snapshots. */
  replaceAll(change: (content: PersistedState) => void): void {
    const { content } = this;
    const { state } = content;
    const snapshots = [...content.snapshots];
    this.#next.recordReplacement(state, () => {
      content.state = state;
      content.snapshots.clear();
      for (const [name, snapshot] of snapshots) content.snapshots.set(name, snapshot);
    });
    this.#uncommitted = true;
    state.onChange = undefined;
    change(content);
    content.state.onChange = this.#record;
  }

  /**
   * Writes what has changed. Must be called in the same turn of the event loop as the change.
   * @returns undefined when nothing or only deferred things have changed; else resolves when the changes are on disk, and
   * rejects when they could not be written and were rolled back
   */
  commit(): Promise<void> | undefined {
    return this.#closed || !this.#uncommitted ? undefined : this.#flush();
  }

  /** Writes the whole file, even if nothing has changed. Rejects as `commit` does. */
  rewrite(): Promise<void> {
    this.#next.rewrite = true;
    return this.#flush();
  }

  /**
   * Takes in the data file, if another program has edited it. If changes have come that it can't include, it is refused, and saved
   * as `.theirs`; otherwise the state before is saved as `.ours`.
   * @param replace must replace the state by this content, as for `replaceAll`, in the same turn
   * @throws DataError when the file is not valid, or the file system's error; then nothing has changed
   */
  async takeInEdit(replace: (content: PersistedState) => void): Promise<'none' | 'taken' | 'refused'> {
    await this.#running;
    await this.#storage.checkpoint;
    const theirs = this.#storage.readTheirs();
    if (!theirs || this.#closed) return 'none';
    await this.#storage.saveOurs();
    const changed = this.#storage.hasLoggedChanges || !this.#next.isEmpty || this.#running !== undefined;
    if (changed) await this.rewrite();
    else
      await theirs.overwrite(() => {
        replace(theirs.content);
        return this.rewrite();
      });
    return changed ? 'refused' : 'taken';
  }

  /** Writes the whole file when there have been no changes for a while. An edit of another program stays, for `takeInEdit`. */
  #rewriteAtPause(): void {
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => {
      if (this.#storage.hasLoggedChanges && this.#storage.isIntact) this.rewrite().catch(() => {});
    }, PAUSE).unref();
  }

  /**
   * Brings everything into the data file and closes it. Changes that can't be written there stay in the change log.
   * @param write false: closes the files as they are, without the changes that are not stored
   */
  async close(write = true): Promise<void> {
    this.#closing = true;
    await this.#running;
    await this.#storage.checkpoint;
    if (write && (this.#storage.hasLoggedChanges || !this.#next.isEmpty)) await this.rewrite().catch(() => {});
    await this.#stop();
    await this.#storage.close();
    this.#rejectWithheld();
  }

  /** Closes and removes the files. */
  async remove(): Promise<void> {
    await this.#stop();
    await this.#storage.remove();
    this.#rejectWithheld();
  }

  async #stop(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pauseTimer);
    await this.#running;
  }

  readonly #record: StateListener = (change, deferred) => {
    if (this.#closed) return;
    this.#next.record(change);
    if (!deferred) this.#uncommitted = true;
    this.#writeLater();
  };

  #writeLater(): void {
    this.#timer ??= setTimeout(() => this.#requestWrite(), DEFERRED_WRITE_DELAY).unref();
  }

  #flush(): Promise<void> {
    this.#uncommitted = false;
    const { done } = this.#next;
    this.#requestWrite();
    return done;
  }

  /** Writes the next batch: now, or after the one that is being written. */
  #requestWrite(): void {
    this.#next.requested = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#next.requested) {
      // requests that arrive together share a batch
      await nextTurn();
      try {
        await this.#writeNext();
      } catch (error) {
        this.#rollback(error);
      }
      if (!this.#storage.holdsRefusedChanges) this.#rejectWithheld();
      else if (!this.#closed) this.#writeLater();
    }
    this.#running = undefined;
  }

  async #writeNext(): Promise<void> {
    if (this.#next.isEmpty) {
      // after a rollback the timer may flush an empty batch; that does not prove that the disk works again
      this.#takeNext().settle();
      if (this.#storage.holdsRefusedChanges) await this.#storage.removeRefusedChanges();
      return;
    }
    // waits before it takes the batch: the file must not include later changes, which could still be rolled back
    if (this.#storage.checkpoint && this.#mustRewrite()) await this.#storage.checkpoint;
    const mustRewrite = this.#mustRewrite();
    const batch = this.#takeNext();
    this.#writing = batch;
    await (mustRewrite ? this.#storage.rewrite() : this.#storage.append(batch.changes(this.#state)));
    this.#writing = undefined;
    if (this.#failing) this.#warn(`${this.#storage.path} can be written again`);
    this.#failing = false;
    if (this.#upToDate) this.#rewriteAtPause();
    batch.settle();
  }

  /** Whether appending to the change log is not enough for the next batch. @throws Error as `isIntact` does */
  #mustRewrite(): boolean {
    return !this.#storage.isIntact || this.#next.rewrite || this.#next.size > MAX_LOGGED_CHANGES;
  }

  #takeNext(): Batch {
    const batch = this.#next;
    this.#next = new Batch();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return batch;
  }

  /** Undoes all changes that are not on disk: those of the batch that failed, and those after it. */
  #rollback(cause: unknown): void {
    const reason = messageOf(cause);
    const { path } = this.#storage;
    const failed = this.#writing;
    const later = this.#next;
    this.#writing = undefined;
    this.#next = new Batch();
    this.#state.onChange = undefined;
    later.rollback(this.#state);
    failed?.rollback(this.#state);
    this.#state.onChange = this.#record;
    if (!this.#failing) this.#warn(`${path} can't be written: ${reason}. Until it can, changes are refused`);
    this.#failing = true;
    const error = new Error(`${basename(path)} can't be written (${reason})`);
    if (failed && cause instanceof UnsettledError && !this.#closing) {
      this.#withheld.push(() => failed.settle(error));
      // tries at once to take it off the disk, then once a second
      this.#next.requested = true;
    } else failed?.settle(error);
    later.settle(error);
  }

  #rejectWithheld(): void {
    for (const reject of this.#withheld.splice(0)) reject();
  }
}
