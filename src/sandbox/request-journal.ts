import { JOURNAL_LIMITS, type JournalLimits } from './journal-limits.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** The last requests of a sandbox: a ring buffer, so that memory is bounded. */
export class RequestJournal {
  readonly #limits: JournalLimits;
  /** By id, modulo the capacity. */
  #entries: (RecordedRequest | undefined)[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  #first = 1;
  #count = 0;

  constructor(limits: JournalLimits = JOURNAL_LIMITS) {
    this.#limits = limits;
  }

  /** Adds a request. @returns its id */
  add(entry: RecordedRequest): number {
    const id = ++this.#count;
    if (id - this.#first >= this.#limits.entries) this.#dropFirst();
    const index = this.#indexOf(id);
    const size = sizeOf(entry);
    this.#entries[index] = entry;
    this.#sizes[index] = size;
    this.#bytes += size;
    while (this.#bytes > this.#limits.bytes && this.#first < id) this.#dropFirst();
    return id;
  }

  /** Empties it. Its ids start again. */
  clear(): void {
    this.#entries = [];
    this.#sizes = [];
    this.#bytes = 0;
    this.#first = 1;
    this.#count = 0;
  }

  /** How many requests there were since the last `clear`, dropped ones included. */
  get count(): number {
    return this.#count;
  }

  /** The id of the oldest request that is still there. */
  get first(): number {
    return this.#first;
  }

  /** A request by its id; undefined: there is none, or it was dropped. */
  get(id: number): RecordedRequest | undefined {
    return id < this.#first || id > this.#count ? undefined : this.#entries[this.#indexOf(id)];
  }

  /** The ids of the requests that are still there, oldest first. @param after only later ones */
  ids(after = 0): number[] {
    const first = Math.max(this.#first, after + 1);
    return Array.from({ length: Math.max(0, this.#count - first + 1) }, (_, at) => first + at);
  }

  #indexOf(id: number): number {
    return (id - 1) % this.#limits.entries;
  }

  #dropFirst(): void {
    const index = this.#indexOf(this.#first++);
    this.#entries[index] = undefined;
    this.#bytes -= this.#sizes[index] ?? 0;
  }
}

/** The memory (bytes) of an entry without its addresses, headers and bodies, and of each change of a record. */
const OVERHEAD = 1000;
const CHANGE_SIZE = 300;

/** About the memory that an entry takes, in bytes. */
function sizeOf({ url, headSize, bodySize, text, changes }: RecordedRequest): number {
  return OVERHEAD + url.length + headSize + bodySize + text.length + changes.length * CHANGE_SIZE;
}
