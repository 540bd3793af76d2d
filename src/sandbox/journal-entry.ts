import type { Params } from '../core/context.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Evidence } from '../model/evidence.ts';
import type { StateChange } from '../store/state.ts';
import { redact, redactBody, redactHeaders, redactUrl } from '../support/secrets.ts';
import type { Behaviour } from './behaviours.ts';
import { describeChanges } from './changes.ts';
import type { Change } from './event-feed.ts';
import { BODILESS } from './stubs.ts';
import type { Finding } from './warnings.ts';

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
  readonly params: Params;
}

export interface JournalResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of JSON, the text of anything else; null: the answer has no body. */
  readonly body: unknown;
}

/** A request as it is recorded: references alone. Presenting it is left to those who read the journal. */
export interface RecordedRequest
  extends Pick<
    JournalEntry,
    'method' | 'path' | 'operation' | 'status' | 'duration_ms' | 'application' | 'user_id' | 'tag' | 'fault'
  > {
  readonly at: number;
  readonly sentMethod: string;
  readonly scheme: 'http' | 'https' | 'ws';
  /** The address below the host is both together. */
  readonly mount: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The size of its headers, in characters. */
  readonly headSize: number;
  readonly params: Params;
  /** The size of the request's body, in bytes. */
  readonly bodySize: number;
  readonly errors: readonly ErrorKey[];
  readonly findings: readonly Finding[];
  readonly changes: readonly StateChange[];
  /** The sandbox's position before the request, for `rewind`. */
  readonly position: number;
  readonly behaviours: readonly Behaviour[];
  /** Of the response; undefined: the connection was dropped. */
  readonly sentHeaders: Readonly<Record<string, string>> | undefined;
  /** Its content type; empty: it has none. */
  readonly type: string;
  readonly text: string;
}

/** The longest body of an answer that is recorded, in characters. */
const MAX_RECORDED_BODY = 65_536;
const OMITTED_BODY = 'more than 64 kB: not recorded';

/** The text of an answer as the journal keeps it. */
export function recordedText(text: string): string {
  return text.length > MAX_RECORDED_BODY ? OMITTED_BODY : text;
}

/** A recorded request as it is shown. */
export function presentEntry(id: number, recorded: RecordedRequest): JournalEntry {
  const { at, method, path, operation, status, duration_ms, application, user_id, tag, errors, fault } = recorded;
  return {
    id,
    time: new Date(at).toISOString(),
    method,
    path,
    operation,
    status,
    duration_ms,
    application,
    user_id,
    tag,
    errors,
    fault,
    warnings: recorded.findings.map(({ message }) => message),
    changes: describeChanges(recorded.changes),
    evidence: evidenceOf(recorded.behaviours),
    request: {
      method: recorded.sentMethod,
      url: redactUrl(`${recorded.scheme}://${recorded.headers.host ?? 'localhost'}${recorded.mount}${recorded.url}`),
      headers: redactHeaders(recorded.headers),
      params: redact(recorded.params),
    },
    response: recorded.sentHeaders ? presentResponse(recorded, recorded.sentHeaders) : null,
  };
}

function presentResponse(
  { at, status, sentMethod, type, text }: RecordedRequest,
  headers: Readonly<Record<string, string>>,
): JournalResponse {
  const hasType = type !== '' && !BODILESS.includes(status);
  const hasBody = hasType && sentMethod !== 'HEAD';
  return {
    status,
    headers: {
      ...(hasType && { 'Content-Type': type }),
      ...redactHeaders(headers),
      Date: new Date(at).toUTCString(),
    },
    body: hasBody ? redactBody(readBody(type, text)) : null,
  };
}

function readBody(type: string, text: string): unknown {
  if (!type.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function evidenceOf(behaviours: readonly Behaviour[]): readonly Evidence[] {
  return [...new Set(behaviours.flatMap(({ evidence, wording }) => [...evidence, ...wording]))];
}
