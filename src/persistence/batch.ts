import type { State, StateChange } from '../store/state.ts';
import type { Change } from './log-format.ts';

/** The changes that are written together: all that came in during the write before. */
export class Batch {
  /** Whether the whole file has to be written. */
  rewrite = false;
  /** Whether the batch is to be written now; deferred changes alone wait for others. */
  requested = false;
  /** The first change of each record: `before` is the record before the batch. */
  #changed = new Map<string, StateChange>();
  /** Undo replacements of the whole state, oldest first. */
  readonly #undo: (() => void)[] = [];
  #settle: { resolve(): void; reject(error: Error): void } | undefined;
  #done: Promise<void> | undefined;

  /** The number of changed records. */
  get size(): number {
    return this.#changed.size;
  }

  get isEmpty(): boolean {
    return this.size === 0 && !this.rewrite;
  }

  /** Records a change. */
  record(change: StateChange): void {
    const id = `${change.collection} ${change.application} ${change.key}`;
    if (!this.#changed.has(id)) this.#changed.set(id, change);
  }

  /** Records that the whole state is about to be replaced. @param restore undoes the replacement */
  recordReplacement(state: State, restore: () => void): void {
    const changed = this.#changed;
    this.#undo.push(() => {
      restore();
      restoreRecords(state, changed);
    });
    this.#changed = new Map();
    this.rewrite = true;
  }

  /** The changed records as they are now. */
  changes(state: State): Change[] {
    return [...this.#changed.values()].map(({ collection, application, key }) => [
      collection,
      application,
      key,
      state.collection(collection, application).get(key) ?? null,
    ]);
  }

  /** Undoes every change. @param state the current one */
  rollback(state: State): void {
    restoreRecords(state, this.#changed);
    for (const undo of this.#undo.reverse()) undo();
  }

  /** Resolves when the batch is on disk; rejects when it was rolled back. */
  get done(): Promise<void> {
    this.#done ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    return this.#done;
  }

  /** Settles `done`, if anybody waits for it. @param error why the batch was rolled back */
  settle(error?: Error): void {
    if (error) this.#settle?.reject(error);
    else this.#settle?.resolve();
  }
}

function restoreRecords(state: State, changed: ReadonlyMap<string, StateChange>): void {
  for (const { collection, application, key, before } of changed.values())
    state.set(collection, application, key, before);
}
