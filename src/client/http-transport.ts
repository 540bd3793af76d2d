// jsdom 20, of Jest 29, has a URL without canParse
import { URL } from 'node:url';
import { ControlError } from '../control/control-error.ts';
import { locationOf } from '../control/operation.ts';
import { type ControlOperationName, type OutputOf, operationNamed } from '../control/operations/index.ts';
import { EVENT_STREAM } from '../control/raw-response.ts';
import { readInput } from '../control/schemas.ts';
import { CONTROL_PATH } from '../model/addresses.ts';
import { causeOf, codeOf, messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';
import type { Transport } from './create-client.ts';
import type { ConnectOptions } from './inputs.ts';
import { nodeFetch } from './node-fetch.ts';
import { readEvents } from './read-events.ts';

/** An address as calls begin with it. @throws ControlError 400, which doesn't repeat it: it may hold a password */
export function baseOf(url: string): string {
  const address = url.trim();
  const base = (/^https?:\/\//.test(address) ? address : `http://${address}`).replace(/\/+$/, '');
  if (URL.canParse(base)) {
    const { username, password } = new URL(base);
    if (username === '' && password === '') return base;
  }
  throw new ControlError(
    400,
    "the emulator's address must be a URL such as http://127.0.0.1:4230, without user and password (there is an admin token for that)",
  );
}

/** Calls operations by their names. @param url as for `connect` */
export function httpTransport(url: string, options: ConnectOptions): Transport {
  const base = baseOf(url);
  return async <N extends ControlOperationName>(name: N, input: object) => {
    // the message of an emulator in process; over HTTP, the characters of a text would become fields
    if (!isObject(input)) readInput(operationNamed(name).input, input);
    const response = await send(base, name, { ...input }, options);
    const type = response.headers.get('content-type') ?? '';
    // the operation's row has the type of the answer
    if (type === EVENT_STREAM) return readEvents(response) as OutputOf<N>;
    const text = await response.text();
    const value: unknown = type.includes('json') ? JSON.parse(text) : text;
    if (response.ok) return value as OutputOf<N>;
    if (!type.includes('problem+json') || !isObject(value))
      throw new Error(`${response.url} answers ${response.status}: is this an emulator?`);
    const { type: _type, title: _title, status: _status, detail, ...extensions } = value;
    throw new ControlError(response.status, String(detail ?? text), extensions);
  };
}

/** Sends a call: each field of the input in the path, the query or the body, as the operation's row says. */
async function send(
  base: string,
  name: ControlOperationName,
  input: Readonly<Record<string, unknown>>,
  { adminToken, fetch = globalThis.fetch ?? nodeFetch }: ConnectOptions,
): Promise<Response> {
  const operation = operationNamed(name);
  const code = Object.keys(input).find((field) => typeof input[field] === 'function');
  if (code !== undefined)
    throw new ControlError(422, `${code}: is a function, which only an emulator in process can call`);
  const { method, path, body: wholeBody } = operation;
  const fieldsIn = (location: 'query' | 'body') =>
    Object.entries(input).filter(([field]) => locationOf(operation, field) === location);
  const filled = path.replace(/:(\w+)/g, (_, field: string) => {
    if (input[field] === undefined) throw new ControlError(422, `${field}: is missing`);
    return encodeURIComponent(String(input[field]));
  });
  const url = `${base}${CONTROL_PATH}${filled}${queryText(fieldsIn('query'))}`;
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (adminToken !== undefined) headers.Authorization = `Bearer ${adminToken}`;
  if (method === 'GET') return reach(fetch, url, { method, headers });
  const body = wholeBody ? input[wholeBody.field] : Object.fromEntries(fieldsIn('body'));
  return reach(fetch, url, { method, headers, body: JSON.stringify(body) });
}

async function reach(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = causeOf(error);
    const { origin } = new URL(url);
    if (/CERT|SIGNATURE/.test(codeOf(cause) ?? '')) {
      const http = origin.replace('https:', 'http:');
      throw new Error(
        `the certificate of ${origin} isn't trusted (${messageOf(cause)}): name its CA's file in NODE_EXTRA_CA_CERTS, or use ${http}`,
      );
    }
    throw new Error(
      `no emulator answers at ${origin} (${messageOf(cause)}): start one with 'users-emulator', or give another url`,
    );
  }
}

function queryText(entries: readonly [string, unknown][]): string {
  const given = entries.filter(([, value]) => value !== undefined);
  const texts = given.map(([name, value]): [string, string] => [name, String(value)]);
  return given.length > 0 ? `?${new URLSearchParams(texts)}` : '';
}
