import { createHmac } from 'node:crypto';
import { type ControlClient, createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { definedFields } from '../../src/support/values.ts';
import { type Answer, NOW, type Params, pairsOf, type Send, sender } from './http.ts';
import { type Name, person, type Service } from './services.ts';

/** A sandbox, called as one service's clients do. */
export interface TestSandbox {
  readonly service: Service;
  readonly control: ControlClient & { readonly url: string };
  readonly send: Send;
  /** Creates a session, signed if the service requires it. Undefined parameters are left out. */
  openSession(params?: Params): Promise<Answer>;
  /** A token of a user, or (null) of the application. */
  tokenOf(user: Name | number | null): Promise<string>;
}

/** An emulator whose two applications contain the people of `people.json`, with a frozen clock. */
export function createPopulated(options: EmulatorOptions = {}): Promise<Emulator> {
  const seed = `${import.meta.dirname}/people.json`;
  return createEmulator({ seed, freezeTime: NOW, ...options });
}

let count = 0;

/** A new sandbox for one test. @param suffix appended to every path: the format of the answers */
export function createTestSandbox(
  emulator: Emulator,
  service: Service,
  suffix: '' | '.json' | '.xml' = '',
): TestSandbox {
  const control = emulator.sandbox(`t${count++}`);
  const { app } = service;
  const send = sender(control.url, { tokenHeader: service.tokenHeader, common: service.headers, suffix });
  const openSession: TestSandbox['openSession'] = async (params = {}) => {
    const now = Math.floor(Date.parse(await control.clock.now()) / 1000);
    const own = { application_id: app.id, auth_key: app.auth_key };
    const given: Params = definedFields({
      ...own,
      ...(service.signed ? { nonce: 33432, timestamp: now } : {}),
      ...params,
    });
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
