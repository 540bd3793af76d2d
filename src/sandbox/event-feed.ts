/** A record that was created, updated or deleted: one of `user`, `session`, `mail`, `stub` and `application` (ids). */
export interface Change {
  /** In events: the application of the user. */
  readonly app?: number;
  readonly user?: number;
  readonly session?: number;
  readonly mail?: string;
  readonly stub?: number;
  readonly application?: number;
  readonly change: 'created' | 'updated' | 'deleted';
}

/** A fault or a stub was added, was removed, or hit a request. */
export interface ThingEvent<I> {
  readonly id: I;
  readonly change: 'added' | 'removed' | 'hit';
}

/** The data of events, by their type. Requests and mails are ids: those who present an event look them up. */
export interface FeedData {
  readonly request: number;
  readonly mail: string;
  /** Records that changed: at most 100. */
  readonly change: {
    /** The request that changed them; null: the control plane, or time. */
    readonly request: number | null;
    readonly changes: readonly Change[];
    /** There are more changes than listed. */
    readonly truncated: boolean;
  };
  /** The time (ISO, ms) that the clock shows since a change. */
  readonly clock: { readonly now: string; readonly frozen: boolean };
  readonly fault: ThingEvent<string>;
  readonly stub: ThingEvent<number>;
  /** The application whose settings changed. */
  readonly settings: { readonly app: number };
  /** The state was replaced; `clear`: the journal was emptied; `missed`: events are missing here. Everything may have changed. */
  readonly reset: { readonly cause: ResetCause };
  readonly snapshot: { readonly name: string; readonly change: 'saved' | 'deleted' };
  readonly sandbox: { readonly name: string; readonly change: 'created' | 'deleted' };
}

export type ResetCause = 'reset' | 'restore' | 'import' | 'rewind' | 'clear' | 'missed';

export const EVENT_TYPES = [
  'request',
  'mail',
  'change',
  'clock',
  'fault',
  'stub',
  'settings',
  'reset',
  'snapshot',
  'sandbox',
] as const satisfies readonly (keyof FeedData)[];
export type EventType = (typeof EVENT_TYPES)[number];

export type FeedEvent = {
  readonly [T in EventType]: { readonly id: string; readonly type: T; readonly data: FeedData[T] };
}[EventType];

type Listener = (event: FeedEvent) => void;

/** How many events are held for readers that come back. */
const MAX_RECENT = 1000;
/** More readers than this are left behind by a client that doesn't close its connections. */
const MAX_READERS = 100;

/** Feeds so far, so that no two of a process have events of the same id. */
let feeds = 0;

/** The events of a sandbox. While nobody listens, they cost nothing. */
export class EventFeed {
  readonly #prefix = `${Math.floor(performance.timeOrigin).toString(36)}-${feeds++}-`;
  readonly #listeners = new Set<Listener>();
  readonly #readers = new Map<Listener, () => void>();
  #recent: FeedEvent[] = [];
  #count = 0;
  /** The first reader turns it on: from then on, events are held for readers that come back. */
  #holding = false;
  #closed = false;

  /** Whether events are of any use now. */
  get active(): boolean {
    return this.#holding || this.#listeners.size > 0;
  }

  emit<T extends EventType>(type: T, data: FeedData[T]): void {
    if (!this.active) return;
    const event = { id: this.#prefix + ++this.#count, type, data } as FeedEvent;
    if (this.#holding) {
      if (type === 'reset') this.#recent = [];
      if (this.#recent.push(event) >= 2 * MAX_RECENT) this.#recent = this.#recent.slice(-MAX_RECENT);
    }
    for (const listener of [...this.#listeners, ...this.#readers.keys()]) listener(event);
  }

  /** Calls a listener with each event. @returns a function that ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Adds a reader, which is called with each event.
   * @param end called when the feed is closed
   * @returns a function that removes it; undefined: there are too many readers
   */
  addReader(read: Listener, end: () => void): (() => void) | undefined {
    if (this.#readers.size >= MAX_READERS) return undefined;
    this.#holding = true;
    this.#readers.set(read, end);
    if (this.#closed) end();
    return () => this.#readers.delete(read);
  }

  /** The events after the one with an id, oldest first; undefined when some of them are no longer there, or never were. */
  since(id: string): readonly FeedEvent[] | undefined {
    const last = id.startsWith(this.#prefix) ? Number(id.slice(this.#prefix.length)) : Number.NaN;
    if (last === this.#count) return [];
    const missing = this.#recent.findIndex((event) => event.id === `${this.#prefix}${last + 1}`);
    return missing < 0 ? undefined : this.#recent.slice(missing);
  }

  /** An event that tells one reader to load everything again. */
  missed(): FeedEvent {
    return { id: this.#prefix + this.#count, type: 'reset', data: { cause: 'missed' } };
  }

  /** Ends all readers: the sandbox is deleted. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#readers.values()]) end();
    this.#readers.clear();
  }
}
