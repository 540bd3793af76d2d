import type { State, TableName } from '../store/state.ts';
import type { Change } from './change-log.ts';

/** A record that has changed, and what it was when the batch was begun (undefined: not there). */
interface ChangedRecord {
  readonly table: TableName;
  readonly application: number;
  readonly key: number | string;
  readonly before: object | undefined;
}

/** What is written together: all changes that came in while the write before it was running. */
export class Batch {
  /** The whole file has to be written. */
  rewrite = false;
  /** It is to be written. */
  requested = false;
  #touched = new Map<string, ChangedRecord>();
  readonly #earlier: (() => void)[] = [];
  #settle: { resolve(): void; reject(error: Error): void } | undefined;
  #done: Promise<void> | undefined;

  /** Records that have changed. */
  get size(): number {
    return this.#touched.size;
  }

  /** Notes that a record is changing. */
  record(table: TableName, application: number, key: number | string, before: object | undefined): void {
    const id = `${table} ${application} ${key}`;
    if (!this.#touched.has(id)) this.#touched.set(id, { table, application, key, before });
  }

  /** Notes that a state is being replaced. @param restore puts it back */
  recordReplacement(state: State, restore: () => void): void {
    const touched = this.#touched;
    this.#earlier.push(() => {
      restore();
      takeBack(state, touched);
    });
    this.#touched = new Map();
    this.rewrite = true;
  }

  /** The records as they are now. */
  changes(state: State): Change[] {
    return [...this.#touched.values()].map(({ table, application, key }) => [
      table,
      application,
      key,
      state.table(table, application).get(key) ?? null,
    ]);
  }

  /** Takes everything back. @param state the current one */
  rollback(state: State): void {
    takeBack(state, this.#touched);
    for (const undo of this.#earlier.reverse()) undo();
  }

  /** Settles when the batch is on disk, or isn't going to be. */
  get done(): Promise<void> {
    this.#done ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    return this.#done;
  }

  settle(error?: Error): void {
    if (error) this.#settle?.reject(error);
    else this.#settle?.resolve();
  }
}

function takeBack(state: State, touched: ReadonlyMap<string, ChangedRecord>): void {
  for (const { table, application, key, before } of touched.values()) state.set(table, application, key, before);
}
