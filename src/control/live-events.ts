import type { Mail } from '../model/records.ts';
import type { EventType, FeedData } from '../sandbox/event-feed.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';

/** The data of live events, by their type. */
export interface LiveEventData extends Omit<FeedData, 'request' | 'mail'> {
  readonly request: JournalEntry;
  readonly mail: Mail;
}

/** Something that happened in a sandbox. */
export type LiveEvent = {
  readonly [T in EventType]: {
    /** For `after`: to go on from here. */
    readonly id: string;
    readonly type: T;
    readonly data: LiveEventData[T];
  };
}[EventType];

/** Live events, one after the other. It ends when the emulator stops or the sandbox is deleted, and when a loop is left. */
export interface LiveEvents extends AsyncIterable<LiveEvent> {
  /** Ends it. */
  close(): void;
}
