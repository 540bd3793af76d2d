import { createHmac } from 'node:crypto';
import { type ControlClient, createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import type { Answer } from './http.ts';
import { raw } from './raw.ts';
import { type Name, person, type Service } from './services.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface Ask {
  readonly token?: string | undefined;
  /** In the query string of GET and DELETE, in a JSON body of the others. */
  readonly params?: Params;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of parameters: a body as it is, a form unless headers say otherwise. */
  readonly body?: string;
}

/** A sandbox of its own, spoken to as one service's clients do. */
export interface World {
  readonly service: Service;
  readonly box: ControlClient & { readonly url: string };
  send(route: string, ask?: Ask): Promise<Answer>;
  /** Asks for a session, signed where the service wants that. Parameters given as undefined are left out. */
  open(params?: Params): Promise<Answer>;
  /** A token, of a user or (null) of the application. */
  tokenOf(user: Name | number | null): Promise<string>;
}

/** An emulator whose two applications have the people of `people.json`, under a frozen clock. */
export function peopled(options: EmulatorOptions = {}): Promise<Emulator> {
  const seed = `${import.meta.dirname}/people.json`;
  return createEmulator({ seed, freezeTime: '2026-01-01T00:00:00Z', ...options });
}

let made = 0;

/** A new sandbox for one test. @param suffix appended to every path: the format of the answers */
export function worldOf(emulator: Emulator, service: Service, suffix: '' | '.json' | '.xml' = ''): World {
  const box = emulator.sandbox(`t${made++}`);
  const { app } = service;
  const send: World['send'] = async (route, { token, params, headers = {}, body } = {}) => {
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
    const answer = await raw(box.url, {
      method,
      path: inUrl ? `${path}?${formOf(params)}` : path,
      headers: sent,
      body: given,
    });
    return { ...answer, headers: new Headers(answer.headers as Record<string, string>), json: parsed(answer.text) };
  };
  const open: World['open'] = async (params = {}) => {
    const now = Math.floor(Date.parse(await box.clock.now()) / 1000);
    const own = { application_id: app.id, auth_key: app.auth_key };
    const given = defined({ ...own, ...(service.signed ? { nonce: 33432, timestamp: now } : {}), ...params });
    const complete = service.signed && !('signature' in params) ? signed(given, app.auth_secret) : given;
    return send('POST /session', { params: complete });
  };
  const tokenOf: World['tokenOf'] = async (user) => {
    const id = typeof user === 'string' ? person(service, user).id : user;
    return (await box.sessions.create({ app: app.id, user: id })).token;
  };
  return { service, box, send, open, tokenOf };
}

/** Parameters with their signature: HMAC of the sorted `name=value` pairs (facts: both services sign alike). */
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
