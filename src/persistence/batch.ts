import type { State, TableName } from '../store/state.ts';
import type { Change } from './log-format.ts';

/** A record that has changed, as it was before the batch (undefined: it did not exist). */
interface ChangedRecord {
  readonly table: TableName;
  readonly application: number;
  readonly key: number | string;
  readonly before: object | undefined;
}

/** The changes that are written together: all that came in during the write before. */
export class Batch {
  /** Whether the whole file has to be written. */
  rewrite = false;
  /** Whether the batch is to be written now; deferred changes alone wait for others. */
  requested = false;
  #changed = new Map<string, ChangedRecord>();
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

  /** Records that a record has changed. Only the first `before` of each record counts. */
  record(table: TableName, application: number, key: number | string, before: object | undefined): void {
    const id = `${table} ${application} ${key}`;
    if (!this.#changed.has(id)) this.#changed.set(id, { table, application, key, before });
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
    return [...this.#changed.values()].map(({ table, application, key }) => [
      table,
      application,
      key,
      state.table(table, application).get(key) ?? null,
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

function restoreRecords(state: State, changed: ReadonlyMap<string, ChangedRecord>): void {
  for (const { table, application, key, before } of changed.values()) state.set(table, application, key, before);
}
