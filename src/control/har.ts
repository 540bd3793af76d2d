import type { Evidence } from '../model/evidence.ts';
import type { Change } from '../sandbox/event-feed.ts';
import type { JournalEntry, JournalResponse } from '../sandbox/journal-entry.ts';
import { bodyOf, queryOf } from './entry-body.ts';

interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** A HAR 1.2 file. Sizes of headers are unknown, and so -1. */
export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

export interface HarEntry {
  readonly startedDateTime: string;
  /** ms */
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly [];
    readonly headers: readonly NameValue[];
    readonly queryString: readonly NameValue[];
    readonly postData?: { readonly mimeType: string; readonly text: string; readonly params?: readonly NameValue[] };
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly response: {
    /** 0: the connection was dropped. */
    readonly status: number;
    readonly statusText: '';
    readonly httpVersion: string;
    readonly cookies: readonly [];
    readonly headers: readonly NameValue[];
    readonly content: { readonly size: number; readonly mimeType: string; readonly text?: string };
    readonly redirectURL: '';
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly cache: object;
  readonly timings: { readonly send: 0; readonly wait: number; readonly receive: 0 };
  readonly _id: number;
  readonly _operation?: string;
  readonly _errors: readonly string[];
  readonly _fault?: string;
  readonly _changes: readonly Change[];
  readonly _evidence: readonly Evidence[];
}

const HTTP_VERSION = 'HTTP/1.1';

/** Requests of the journal as a HAR file, which browsers and proxies open. Secrets are redacted. */
export function harOf(
  entries: readonly JournalEntry[],
  creator: { readonly name: string; readonly version: string },
): Har {
  const { name, version } = creator;
  return { log: { version: '1.2', creator: { name, version }, entries: entries.map(harEntry) } };
}

function harEntry(entry: JournalEntry): HarEntry {
  const { id, time, duration_ms, request, response, operation, errors, fault, changes, evidence } = entry;
  const body = bodyOf(request);
  return {
    startedDateTime: new Date(Date.parse(time) - duration_ms).toISOString(),
    time: duration_ms,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: HTTP_VERSION,
      cookies: [],
      headers: pairs(Object.entries(request.headers)),
      queryString: pairs([...queryOf(request.url)]),
      ...(body && {
        postData: { mimeType: body.type, text: body.text, ...(body.fields && { params: pairs(body.fields) }) },
      }),
      headersSize: -1,
      bodySize: body ? Buffer.byteLength(body.text) : 0,
    },
    response: harResponse(response),
    cache: {},
    timings: { send: 0, wait: duration_ms, receive: 0 },
    _id: id,
    ...(operation !== undefined && { _operation: operation }),
    _errors: errors,
    ...(fault !== undefined && { _fault: fault }),
    _changes: changes,
    _evidence: evidence,
  };
}

function harResponse(response: JournalResponse | null): HarEntry['response'] {
  const { status = 0, headers = {}, body = null } = response ?? {};
  const text = typeof body === 'string' || body === null ? body : JSON.stringify(body);
  const size = text === null ? 0 : Buffer.byteLength(text);
  return {
    status,
    statusText: '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: pairs(Object.entries(headers)),
    content: { size, mimeType: headers['Content-Type'] ?? 'x-unknown', ...(text !== null && { text }) },
    redirectURL: '',
    headersSize: -1,
    bodySize: size,
  };
}

function pairs(entries: readonly (readonly [string, string])[]): NameValue[] {
  return entries.map(([name, value]) => ({ name, value }));
}
