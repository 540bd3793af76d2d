import type { Params } from '../core/context.ts';
import type { Finding } from './warnings.ts';

/** One request as the journal shows it. */
export interface JournalEntry {
  readonly id: number;
  /** ISO, milliseconds, of the sandbox's clock. */
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /** undefined: no operation of the emulator. */
  readonly operation: string | undefined;
  readonly status: number;
  readonly duration_ms: number;
  readonly application: number | null;
  readonly user_id: number | null;
  readonly tag: string | undefined;
  /** Parameters from query and body; secrets are redacted. */
  readonly params: Params;
  /** Keys of the errors in the answer. */
  readonly errors: readonly string[];
  /** The fault that answered, or delayed, the request. */
  readonly fault: string | undefined;
  /** What is deprecated in the request, or unknown to the documents. */
  readonly warnings: readonly string[];
}

/** What is noted while serving; presenting it is left to the reader. */
export type RecordedRequest = Omit<JournalEntry, 'id' | 'time' | 'warnings'> & {
  readonly at: number;
  readonly findings: readonly Finding[];
};

const SECRETS = new Set([
  'password',
  'old_password',
  'oldPassword',
  'token',
  'secret',
  'signature',
  'auth_key',
  'access_token',
  'X-Verify-Credentials-Authorization',
]);
const REDACTED = '[redacted]';

/** The last requests of a sandbox: a ring, so that memory is bounded. */
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

  /** Requests since the last `clear`, also those that the ring has forgotten. */
  get count(): number {
    return this.#count;
  }

  /** What is still remembered, oldest first. */
  list(): JournalEntry[] {
    const first = Math.max(0, this.#count - this.#capacity);
    const entries: JournalEntry[] = [];
    for (let id = first; id < this.#count; id++) {
      const { at, params, findings, ...rest } = this.#entries[id % this.#capacity]!;
      const warnings = findings.map(({ message }) => message);
      entries.push({
        id: id + 1,
        time: new Date(at).toISOString(),
        ...rest,
        params: redact(params) as Params,
        warnings,
      });
    }
    return entries;
  }
}

/** The same parameters without secrets. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, SECRETS.has(name) ? REDACTED : redact(each)]),
  );
}
