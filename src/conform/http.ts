import type { Dialect } from '../dialects/dialect.ts';
import type { Answer, Call } from './calls.ts';
import { parseXml } from './xml-value.ts';

/** Sends a request to a service. */
export type Send = (request: Request) => Promise<Response>;

/** The largest answer, in bytes. */
const MAX_ANSWER = 1_000_000;
/** The headers of a connection, and those with the size of a body. */
const NOT_COMPARED = ['connection', 'keep-alive', 'content-length', 'transfer-encoding'];

/** The request of a call, as the documents of the service show it. @param token of the caller's session */
export function requestOf(
  { method, path, params = {}, raw, headers = {}, format = 'json' }: Call,
  token: string | undefined,
  { url, dialect, signal }: { readonly url: string; readonly dialect: Dialect; readonly signal: AbortSignal },
): Request {
  const inQuery = method === 'GET' || method === 'DELETE';
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  );
  const query = inQuery ? String(new URLSearchParams(pairs)) : '';
  const body = raw?.text ?? (inQuery ? null : JSON.stringify(params));
  const type = raw?.type ?? (inQuery ? undefined : 'application/json');
  const { token: tokenHeader, identifyingHeaders } = dialect.request;
  // doc: legacy-users, in all examples. Without a token, the emulator knows the service by it
  const version = identifyingHeaders.find((name) => name.endsWith('-rest-api-version'));
  const suffix = suffixOf(format, dialect);
  return new Request(`${url}${path}${suffix}${query && `?${query}`}`, {
    method,
    body,
    redirect: 'manual',
    signal,
    headers: {
      Accept: format === 'xml' ? 'application/xml' : 'application/json',
      ...(version !== undefined && { [version]: '0.1.0' }),
      ...(type !== undefined && { 'Content-Type': type }),
      ...(token !== undefined && { [tokenHeader]: token }),
      ...headers,
    },
  });
}

/** A service with several formats takes them as suffixes. doc: legacy-users, `.json` and `.xml` */
function suffixOf(format: NonNullable<Call['format']>, { formats }: Dialect): string {
  return format === 'none' || !('xml' in formats) ? '' : `.${format}`;
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new Error(`it has more than ${MAX_ANSWER / 1_000_000} MB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Reads an answer. @throws Error for one that is too large */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await textOf(response);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !NOT_COMPARED.includes(name)));
  return { status: response.status, headers, text, body: parseBody(headers['content-type'], text) };
}

/** The answer of a service that closes the connection. */
export const CLOSED: Answer = { status: 0, headers: {}, text: '', body: undefined };

/** The value of JSON, or of XML where the content type says so; undefined for anything else. */
export function parseBody(type: string | undefined, text: string): unknown {
  if (/\bxml\b/.test(type ?? '') && !/html/.test(type ?? '')) return parseXml(text);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
