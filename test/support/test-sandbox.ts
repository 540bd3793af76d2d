import { createHmac } from 'node:crypto';
import { type ControlClient, createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import type { Answer } from './http.ts';
import { raw } from './raw.ts';
import { type Name, person, type Service } from './services.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface RequestOptions {
  readonly token?: string | undefined;
  /** Sent in the query string with GET, HEAD and DELETE, else as a JSON body. */
  readonly params?: Params;
  readonly headers?: Readonly<Record<string, string>>;
  /** A raw body instead of parameters, by default a form. */
  readonly body?: string;
}

/** A sandbox, called as one service's clients do. */
export interface TestSandbox {
  readonly service: Service;
  readonly control: ControlClient & { readonly url: string };
  send(route: string, ask?: RequestOptions): Promise<Answer>;
  /** Creates a session, signed if the service requires it. Undefined parameters are left out. */
  openSession(params?: Params): Promise<Answer>;
  /** A token of a user, or (null) of the application. */
  tokenOf(user: Name | number | null): Promise<string>;
}

/** An emulator whose two applications contain the people of `people.json`, with a frozen clock. */
export function createPopulated(options: EmulatorOptions = {}): Promise<Emulator> {
  const seed = `${import.meta.dirname}/people.json`;
  return createEmulator({ seed, freezeTime: '2026-01-01T00:00:00Z', ...options });
}

let made = 0;

/** A new sandbox for one test. @param suffix appended to every path: the format of the answers */
export function createTestSandbox(
  emulator: Emulator,
  service: Service,
  suffix: '' | '.json' | '.xml' = '',
): TestSandbox {
  const control = emulator.sandbox(`t${made++}`);
  const { app } = service;
  const send: TestSandbox['send'] = async (route, { token, params, headers = {}, body } = {}) => {
    const [method, written] = route.split(/ (.*)/s) as [string, string];
    const path = written.replace(/(?=\?|$)/, suffix);
    const inUrl = params !== undefined && (method === 'GET' || method === 'DELETE' || method === 'HEAD');
    const given = body ?? (params === undefined || inUrl ? undefined : JSON.stringify(params));
    const type = body === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const sent = {
      ...service.headers,
      ...(token === undefined ? {} : { [service.tokenHeader]: token }),
      ...(given === undefined ? {} : { 'Content-Type': type }),
      ...headers,
    };
    const answer = await raw(control.url, {
      method,
      path: inUrl ? `${path}?${formOf(params)}` : path,
      headers: sent,
      body: given,
    });
    return { ...answer, headers: new Headers(answer.headers as Record<string, string>), json: parsed(answer.text) };
  };
  const openSession: TestSandbox['openSession'] = async (params = {}) => {
    const now = Math.floor(Date.parse(await control.clock.now()) / 1000);
    const own = { application_id: app.id, auth_key: app.auth_key };
    const given = defined({ ...own, ...(service.signed ? { nonce: 33432, timestamp: now } : {}), ...params });
    const complete = service.signed && !('signature' in params) ? signed(given, app.auth_secret) : given;
    return send('POST /session', { params: complete });
  };
  const tokenOf: TestSandbox['tokenOf'] = async (user) => {
    const id = typeof user === 'string' ? person(service, user).id : user;
    return (await control.sessions.create({ app: app.id, user: id })).token;
  };
  return { service, control, send, openSession, tokenOf };
}

/** Adds the signature to parameters: the HMAC of the sorted `name=value` pairs, in both services. */
export function signed(params: Params, secret: string, algorithm: 'sha1' | 'sha256' = 'sha1'): Params {
  const text = pairsOf(params)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
  return { ...params, signature: createHmac(algorithm, secret).update(text).digest('hex') };
}

/** Parameters as a form or query string: `user[login]=x&id[in][]=1`. */
export function formOf(params: Params): string {
  return pairsOf(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function pairsOf(value: unknown, name = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value ?? '')]];
  return Object.entries(value).flatMap(([key, each]) =>
    pairsOf(each, name === '' ? key : `${name}[${Array.isArray(value) ? '' : key}]`),
  );
}

function defined(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
