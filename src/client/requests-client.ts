import type { Har } from '../control/har.ts';
import type { Verification } from '../control/results.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import type { RequestExpectation, RequestFilter, RequestMatch } from './inputs.ts';

/** The request journal: the last 1,000 requests of the emulated API, or as `journal` says, with their answers. */
export interface RequestsClient {
  /**
   * The requests that match, oldest first, with their answers.
   * @param filter.after only those after the request with this id
   * @param filter.limit at most this many, the newest
   */
  list(filter?: RequestFilter): Promise<JournalEntry[]>;

  /** One request with its answer. @throws ControlError 404: there is none, or the journal no longer holds it */
  get(id: number): Promise<JournalEntry>;

  /**
   * The requests that match, oldest first, as soon as there are enough of them. Those already in the journal count.
   * @param options.match any, if not given
   * @param options.times how many: 1 if not given
   * @param options.timeout ms, or a duration such as `'5s'` (default); four minutes at most
   * @throws ControlError 417: too few have come by then; the message shows the nearest misses
   */
  waitFor(options?: {
    readonly match?: RequestMatch;
    readonly times?: number;
    readonly timeout?: string | number;
  }): Promise<JournalEntry[]>;

  /**
   * Checks how many requests match, or in which order they came.
   * @throws ControlError 417: the expectation isn't met; the message shows the nearest misses
   */
  verify(expectation: RequestExpectation): Promise<Verification>;

  /** The requests of a list as a HAR 1.2 file, without secrets. */
  har(filter?: RequestFilter): Promise<Har>;

  /** One request as a curl command, with `[redacted]` in the place of secrets. @throws ControlError 404 */
  curl(id: number): Promise<string>;

  /** Empties the journal. */
  clear(): Promise<void>;
}
