import type { Evidence } from '../model/evidence.ts';
import type { Change } from './event-feed.ts';

/** A request of the emulated API in the journal, with its answer. Secrets are redacted. */
export interface JournalEntry {
  /** Counts requests from 1. */
  readonly id: number;
  /** ISO, milliseconds, of the sandbox's clock. */
  readonly time: string;
  /** HEAD is GET here. */
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
  /** The keys of the errors in the answer. */
  readonly errors: readonly string[];
  /** The fault that hit the request. */
  readonly fault: string | undefined;
  /** The deprecated or undocumented calls and fields that the request uses. */
  readonly warnings: readonly string[];
  /** The records that the request created, updated or deleted: at most 100. */
  readonly changes: readonly Change[];
  /** The evidence for the answer: that of its operation, of its errors and of the settings that decided it. */
  readonly evidence: readonly Evidence[];
  readonly request: JournalRequest;
  /** null: the connection was dropped. */
  readonly response: JournalResponse | null;
}

export interface JournalRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters of query and body. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface JournalResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of JSON, the text of anything else; null: the answer has no body. */
  readonly body: unknown;
}
