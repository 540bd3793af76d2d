import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { checkDescribed } from './described.ts';

/** The time at which tests freeze the clock. */
export const NOW = '2026-01-01T00:00:00Z';

const TIME_LIMIT = 10_000;

/** A request as it is sent: unlike `fetch`, this allows bodies with GET, and leaves the path as it is. */
export interface RawRequest {
  readonly method: string;
  /** With the query string, escaped. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** The answer is a stub's own: the OpenAPI document doesn't describe it. */
  readonly stubbed?: boolean | undefined;
  /** For https: the certificate to trust. */
  readonly ca?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed text; undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes
  readonly json: any;
}

/** Sends a request to a base address, http or https. Rejects after ten seconds without an answer. */
export function rawRequest(
  url: string,
  { method, path, headers = {}, body, ca, stubbed }: RawRequest,
): Promise<Answer> {
  // Node sends the length of a GET's body only if it is set
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(
      url + path,
      { method, headers: { ...headers, ...length }, ...(ca && { ca, agent: false }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const text = Buffer.concat(chunks).toString('utf8');
            const answered = new Headers(response.headers as Record<string, string>);
            const answer = { status: response.statusCode!, headers: answered, text, json: parseJson(text) };
            if (!stubbed) checkDescribed(method, path, headers, answer);
            resolve(answer);
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${TIME_LIMIT} ms`)), TIME_LIMIT);
    request.on('close', () => clearTimeout(limit));
    request.on('error', reject);
    request.end(body);
  });
}

export type Params = Readonly<Record<string, unknown>>;

export interface SendOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in the query string with GET, HEAD and DELETE, else as a JSON body. */
  readonly params?: Params;
  readonly stubbed?: boolean;
  /** Instead of parameters: a string or bytes are sent as they are, by default as a form; an object as JSON. */
  readonly body?: unknown;
}

/** Sends a request to the emulated API or the control plane. */
export type Send = (route: string, options?: SendOptions) => Promise<Answer>;

/**
 * `send('GET /users/51941', { token })` against a base address.
 * @param tokenHeader the header that carries tokens
 * @param common headers of every request
 * @param suffix appended to every path: the format of the answers
 */
export function sender(
  url: string,
  { tokenHeader = 'CB-Token', common = {} as Readonly<Record<string, string>>, suffix = '' } = {},
): Send {
  return (route, { token, headers = {}, params, body, stubbed } = {}) => {
    const [method, written] = route.split(/ (.*)/s) as [string, string];
    const path = suffix === '' ? written : written.replace(/(?=\?|$)/, suffix);
    const inQuery = params !== undefined && (method === 'GET' || method === 'DELETE' || method === 'HEAD');
    const content = body ?? (inQuery ? undefined : params);
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
    const type = isRaw ? 'application/x-www-form-urlencoded' : 'application/json';
    return rawRequest(url, {
      method,
      stubbed,
      path: inQuery ? `${path}?${formOf(params)}` : path,
      headers: {
        ...common,
        ...(token === undefined ? {} : { [tokenHeader]: token }),
        ...(content === undefined ? {} : { 'Content-Type': type }),
        ...headers,
      },
      body: isRaw ? content : JSON.stringify(content),
    });
  };
}

/** A seeded emulator on a free port, and a function that sends requests to it. */
export async function seeded(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; send: Send }> {
  const emulator = await createEmulator({ seed: true, ...options });
  return { emulator, send: sender(emulator.url) };
}

/** Parameters as a form or query string: `user[login]=x&id[in][]=1`. */
export function formOf(params: Params): string {
  return pairsOf(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

/** Parameters as flat pairs of the names that forms use, and values. */
export function pairsOf(value: unknown, name = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value ?? '')]];
  return Object.entries(value).flatMap(([key, each]) =>
    pairsOf(each, name === '' ? key : `${name}[${Array.isArray(value) ? '' : key}]`),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
