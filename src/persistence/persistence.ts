import { basename } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { Low } from 'lowdb';
import type { FixtureContents } from '../fixtures/load.ts';
import type { State, StateListener } from '../store/state.ts';
import { Batch } from './batch.ts';
import { ChangeLog, type End } from './change-log.ts';
import { DataFile, type DataFileOptions, type Writing } from './data-file.ts';

/** What is kept: a sandbox. State and snapshots are replaced within `replace` alone. */
export interface PersistedState extends FixtureContents {
  state: State;
  readonly snapshots: Map<string, State>;
}

/** The journal is folded into the file when it is as long as the file, but not before it has this many bytes. */
const SMALL_JOURNAL = 1 << 20;
/** So many changes at once are written as a whole file, which nobody has to wait for to be made. */
const MANY = 10_000;
/** How long (ms) lazy changes wait for others to take them along. */
const LAZY_WAIT = 1000;

/** A rewriting of the file while the journal goes on. */
interface Checkpoint {
  /** Where in the journal the changes end that it includes; undefined: they could not be kept, and neither can it. */
  end: End | undefined;
}

/**
 * Keeps a sandbox in a data file. Changes are appended to a journal beside the file; what comes in during a write shares the
 * next one. When the journal has outgrown the file, the file is rewritten from the records as they are at that moment, while
 * the journal goes on: so the cost of a change doesn't depend on the size of the file. What could not be kept is taken back:
 * memory and disk agree.
 */
export class Persistence {
  readonly #file: DataFile;
  readonly #journal: ChangeLog;
  readonly #warn: (text: string) => void;
  #kept!: PersistedState;
  #low!: Low<Writing>;
  #next = new Batch();
  /** Something has changed since `keep` was called last: it is the caller's change. */
  #changed = false;
  #running: Promise<void> | undefined;
  /** The last of the steps that use the journal: one at a time. */
  #step: Promise<unknown> = Promise.resolve();
  #checkpoint: Checkpoint | undefined;
  #checkpointing: Promise<void> | undefined;
  /** The length at which the journal is folded. */
  #limit = 0;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;
  #ended = false;

  /** @param options.warn told once when the disk fails, and once when it works again */
  constructor(file: string, options: DataFileOptions) {
    this.#file = new DataFile(file, options);
    this.#journal = new ChangeLog(`${file}.journal`, options.disk);
    this.#warn = options.warn;
  }

  /** What is kept so far; null: nothing. @throws DataError when it can't be used */
  load(): FixtureContents | null {
    const contents = this.#file.load();
    if (!contents) {
      const aside = this.#journal.setAside();
      if (aside) this.#warn(`${this.#file.path} is gone, so that its journal is of no use: it is kept as ${aside}`);
      return null;
    }
    const changes = this.#journal.read(this.#file.hash!, this.#warn);
    for (const [table, application, key, record] of changes)
      contents.state.set(table, application, key, record ?? undefined);
    return contents;
  }

  /** A text that differs whenever what is kept differs. */
  get identity(): string {
    return `${this.#file.hash} ${this.#journal.end.number}`;
  }

  /** Follows a sandbox from now on. What `load` gave is in it; if that was nothing, `create` or a change makes the file. */
  attach(kept: PersistedState): void {
    this.#kept = kept;
    this.#low = new Low<Writing>(this.#file, { ...kept, turn: (_hash, replaceAll) => replaceAll() });
    this.#setLimit();
    kept.state.onChange = this.#record;
  }

  /** Writes the file though nothing has changed. */
  writeInitial(): Promise<void> {
    this.#next.rewrite = true;
    this.#changed = true;
    return this.commit()!;
  }

  /** Replaces the state or the snapshots. */
  replace(change: () => void): void {
    const kept = this.#kept;
    const { state } = kept;
    const snapshots = [...kept.snapshots];
    this.#next.recordReplacement(state, () => {
      kept.state = state;
      kept.snapshots.clear();
      for (const [name, snapshot] of snapshots) kept.snapshots.set(name, snapshot);
    });
    this.#changed = true;
    state.onChange = undefined;
    change();
    kept.state.onChange = this.#record;
  }

  /**
   * Keeps what has changed. To be called in the turn of the change.
   * @returns undefined when the caller has changed nothing that is to be waited for; rejects when it could not be kept, and was
   * taken back
   */
  commit(): Promise<void> | undefined {
    if (this.#ended || !this.#changed) return undefined;
    this.#changed = false;
    const { done } = this.#next;
    this.#write();
    return done;
  }

  /** Brings everything into the one file and lets go of it. What can't be written now stays in the journal. */
  async close(): Promise<void> {
    if (this.#journal.end.length > 0 || this.#next.rewrite || this.#next.size > 0)
      await this.writeInitial().catch(() => {});
    await this.#end();
  }

  /** Removes the files. */
  async remove(): Promise<void> {
    await this.#end();
    await this.#file.remove();
    await this.#journal.remove();
  }

  async #end(): Promise<void> {
    this.#ended = true;
    this.#checkpoint = undefined;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#checkpointing;
    await this.#journal.close();
  }

  readonly #record: StateListener = (table, application, key, before, lazy) => {
    if (this.#ended) return;
    this.#next.record(table, application, key, before);
    if (!lazy) this.#changed = true;
    this.#timer ??= setTimeout(() => this.#write(), LAZY_WAIT).unref();
  };

  /** Writes what has changed, now or after what is being written. */
  #write(): void {
    this.#next.requested = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#next.requested) {
      // requests that arrived together are answered together
      await nextRound();
      const batch = this.#next;
      this.#next = new Batch();
      clearTimeout(this.#timer);
      this.#timer = undefined;
      try {
        // when a batch was taken back, its timer leaves an empty one, which says nothing of the disk
        if (batch.rewrite || batch.size > 0) {
          await this.#writeBatch(batch);
          if (this.#failing) this.#warn(`${this.#file.path} is written again`);
          this.#failing = false;
        }
        batch.settle();
      } catch (error) {
        this.#rollback(batch, error as Error);
      }
    }
    this.#running = undefined;
  }

  async #writeBatch(batch: Batch): Promise<void> {
    // asked first, since they fail when something else than a file is there
    const asTheyWere = this.#file.isUnchanged && this.#journal.isThere;
    if (batch.rewrite || batch.size > MANY || !asTheyWere) {
      this.#checkpoint = undefined;
      return this.#rewrite(() => this.#journal.end);
    }
    const changes = batch.changes(this.#kept.state);
    const fold = !this.#checkpointing && this.#journal.end.length > this.#limit ? this.#startCheckpoint() : undefined;
    await this.#serialized(async () => {
      await this.#journal.append(changes, this.#file.hash!);
      if (fold) fold.end = this.#journal.end;
    });
  }

  /** Takes the records as they are now; before anything else happens, the batch in hand goes to the journal. */
  #startCheckpoint(): Checkpoint {
    const fold: Checkpoint = { end: undefined };
    this.#checkpoint = fold;
    this.#checkpointing = this.#rewrite(() => (this.#checkpoint === fold ? fold.end : undefined))
      .catch((error: Error) => {
        if (this.#checkpoint === fold)
          this.#warn(`${this.#file.path} can't be rewritten, the journal grows: ${error.message}`);
      })
      .finally(() => {
        this.#checkpointing = undefined;
        this.#setLimit();
      });
    return fold;
  }

  /** Writes the whole file. @param upTo where, when the new file is complete, the changes end in the journal that it includes */
  async #rewrite(upTo: () => Checkpoint['end']): Promise<void> {
    const turn: Writing['turn'] = (hash, replace) =>
      this.#serialized(async () => {
        const end = upTo();
        if (!end) throw new Error('it is out of date');
        await this.#journal.fold(hash, end, replace);
        this.#setLimit();
      });
    this.#low.data = { state: this.#kept.state, snapshots: this.#kept.snapshots, turn };
    await this.#low.write();
  }

  #setLimit(): void {
    this.#limit = this.#journal.end.length + Math.max(SMALL_JOURNAL, this.#file.size);
  }

  #serialized<R>(step: () => Promise<R>): Promise<R> {
    const done = this.#step.then(step);
    this.#step = done.catch(() => {});
    return done;
  }

  #rollback(batch: Batch, { message }: Error): void {
    const later = this.#next;
    this.#next = new Batch();
    this.#kept.state.onChange = undefined;
    for (const each of [later, batch]) each.rollback(this.#kept.state);
    this.#kept.state.onChange = this.#record;
    if (!this.#failing)
      this.#warn(`${this.#file.path} can't be written: ${message}. Until it can, changes are refused`);
    this.#failing = true;
    const error = new Error(`${basename(this.#file.path)} can't be written (${message})`);
    for (const each of [batch, later]) each.settle(error);
  }
}
