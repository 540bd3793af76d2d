import type { Params } from '../core/context.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Evidence } from '../model/evidence.ts';
import type { StateChange } from '../store/state.ts';
import { redact, redactBody, redactHeaders, redactUrl } from '../support/secrets.ts';
import type { Behaviour } from './behaviours.ts';
import { describeChanges } from './changes.ts';
import type { JournalEntry, JournalResponse } from './journal-entry.ts';
import { BODILESS } from './stubs.ts';
import type { Finding } from './warnings.ts';

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
