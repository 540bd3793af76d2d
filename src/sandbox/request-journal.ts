import type { Params } from '../core/context.ts';
import { redact } from '../support/secrets.ts';
import type { Finding } from './warnings.ts';

/** A request in the journal, as it is shown. */
export interface JournalEntry {
  /** Counts requests from 1. */
  readonly id: number;
  /** ISO, milliseconds, of the sandbox's clock. */
  readonly time: string;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** undefined: none of the emulator's operations. */
  readonly operation: string | undefined;
  /** 0: the connection was dropped. */
  readonly status: number;
  readonly duration_ms: number;
  readonly application: number | null;
  /** The session's user. */
  readonly user_id: number | null;
  /** The value of its `X-Emulator-Request-Tag` header. */
  readonly tag: string | undefined;
  /** Parameters of query and body, secrets redacted. */
  readonly params: Params;
  /** The keys of the errors in the answer. */
  readonly errors: readonly string[];
  /** The fault that hit the request. */
  readonly fault: string | undefined;
  /** What the request uses that is deprecated or undocumented. */
  readonly warnings: readonly string[];
}

/** A request as it is recorded. The work of presenting it is left to those who read the journal. */
export type RecordedRequest = Omit<JournalEntry, 'id' | 'time' | 'warnings'> & {
  readonly at: number;
  readonly findings: readonly Finding[];
};

/** The last requests of a sandbox: a ring buffer, so that memory is bounded. */
export class RequestJournal {
  readonly #capacity: number;
  #entries: RecordedRequest[] = [];
  #count = 0;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  add(entry: RecordedRequest): void {
    this.#entries[this.#count++ % this.#capacity] = entry;
  }

  clear(): void {
    this.#count = 0;
    this.#entries = [];
  }

  /** How many requests there were since the last `clear`, dropped ones included. */
  get count(): number {
    return this.#count;
  }

  /** The requests that are still there, oldest first. */
  list(): JournalEntry[] {
    const first = Math.max(0, this.#count - this.#capacity);
    const oldest = first % this.#capacity;
    const inOrder = [...this.#entries.slice(oldest), ...this.#entries.slice(0, oldest)];
    return inOrder.map(({ at, params, findings, ...rest }, index) => ({
      id: first + index + 1,
      time: new Date(at).toISOString(),
      ...rest,
      params: redact(params),
      warnings: findings.map(({ message }) => message),
    }));
  }
}
