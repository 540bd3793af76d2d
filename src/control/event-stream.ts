import type { EventType, FeedEvent } from '../sandbox/event-feed.ts';
import { presentEntry } from '../sandbox/recorded-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { ControlError } from './control-error.ts';
import type { LiveEvent, LiveEvents } from './live-events.ts';
import { showMail } from './mails.ts';

/** The most events that a reader may leave unread. Of these, those that it missed before are 2,000 at most. */
const MAX_UNREAD = 3000;

/** Which events a reader wants. */
export interface EventSelection {
  /** Only events of these types, and `reset`; undefined: all. */
  readonly types?: readonly EventType[] | undefined;
  /** The id of the last event that the reader has: it first gets those after it. */
  readonly after?: string | undefined;
}

/** The events of a sandbox for one reader, from its creation on. They are presented when they are read. */
export class EventStream implements LiveEvents {
  readonly #sandbox: Sandbox;
  #unread: FeedEvent[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake = () => {};
  readonly #remove: (() => void) | undefined;

  /** @throws ControlError 429: there are too many readers */
  constructor(sandbox: Sandbox, { types, after }: EventSelection) {
    this.#sandbox = sandbox;
    const { events } = sandbox;
    const wanted = types && new Set<EventType>(['reset', ...types]);
    const selected = (event: FeedEvent) => !wanted || wanted.has(event.type);
    this.#remove = events.addReader(
      (event) => selected(event) && this.#add(event),
      () => this.close(),
    );
    if (!this.#remove) throw new ControlError(429, 'there are too many readers of events: close some');
    if (after !== undefined) this.#unread = (events.since(after) ?? [events.missed()]).filter(selected);
  }

  #add(event: FeedEvent): void {
    // the ids of requests start again
    if (event.type === 'reset') this.#unread = [];
    this.#unread.push(event);
    if (this.#unread.length > MAX_UNREAD) {
      this.#failure = new Error(`the reader of events is too slow: ${this.#unread.length} are unread`);
      this.close();
    }
    this.#wake();
  }

  close(): void {
    this.#ended = true;
    this.#remove?.();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent> {
    try {
      while (true) {
        if (this.#failure) throw this.#failure;
        const event = this.#unread.shift();
        const shown = event && presentEvent(this.#sandbox, event);
        if (shown) yield shown;
        else if (event) continue;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.close();
    }
  }
}

/** An event as it is shown; undefined: its request or mail is gone. */
function presentEvent({ requests: { journal }, state }: Sandbox, event: FeedEvent): LiveEvent | undefined {
  if (event.type === 'request') {
    const recorded = journal.get(event.data);
    return recorded && { ...event, data: presentEntry(event.data, recorded) };
  }
  if (event.type === 'mail') {
    const mail = state.mails.get(event.data);
    return mail && { ...event, data: showMail(mail) };
  }
  return event;
}
