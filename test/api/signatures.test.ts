import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { formOf, type Params } from '../support/http.ts';
import { BLOX, CUBE, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, signed } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

/** 2026-01-01T00:00:00Z, the frozen time. */
const TS = 1_767_225_600;
const ANNA = { login: 'anna', password: 'annaSecret1' };

/** The recorded vector of a client's tests: these parameters, signed with `secret`. */
const VECTOR = {
  application_id: '1',
  auth_key: 'abc123',
  nonce: '111',
  timestamp: '123',
  user: { login: 'you', owner_id: '1', password: 'me' },
  signature: '90d077f8a1c649dd1622df8d432420121e02630b',
};

test('the test helper signs the recorded vector correctly', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const users = [{ login: 'you', password: 'me' }];
  await sandbox.control.import({
    applications: [{ id: 1, dialect: 'quickblox', auth_key: 'abc123', auth_secret: 'secret', users }],
  });
  await sandbox.control.clock.freeze('1970-01-01T00:02:03Z');
  expect((await sandbox.send('POST /session', { params: VECTOR })).json.session.user_id).toBe(1);
  expect((await sandbox.send('POST /session', { body: formOf(VECTOR) })).json.session.user_id).toBe(1);
  const params = { ...VECTOR, nonce: '112' };
  expectError(await sandbox.send('POST /session', { params }), BLOX, 'unexpected_signature');
});

describe.each(SERVICES)('signatures of $name', (service) => {
  const { id: application_id, auth_key, auth_secret } = service.app;
  const app = { application_id, auth_key, nonce: 33432, timestamp: TS };

  test.each<[string, Params]>([
    ['an application', app],
    ['a user', { ...app, user: ANNA }],
    ['a provider', { ...app, provider: 'facebook', keys: { token: 'AM46dx' }, scope: 'friends_status' }],
    ['values that would be escaped', { ...app, user: { ...ANNA, full_name: 'Żółw & Söhne = 100% +1 [x]' } }],
    ['what the service doesn’t know', { ...app, extra: 'counts, too', list: ['b', 'a'], deep: { er: { still: 1 } } }],
    ['a nonce that is negative, a time that is text', { ...app, nonce: -1, timestamp: String(TS) }],
  ])('are accepted for %s, in SHA-1 and SHA-256, JSON and form', async (_name, params) => {
    const sandbox = createTestSandbox(emulator, service);
    for (const algorithm of ['sha1', 'sha256'] as const) {
      const sent = signed(params, auth_secret, algorithm);
      expect((await sandbox.send('POST /session', { params: sent })).status).toBe(201);
      expect((await sandbox.send('POST /session', { body: formOf(sent) })).status).toBe(201);
      const upper = { ...sent, signature: String(sent.signature).toUpperCase() };
      expect((await sandbox.send('POST /session', { params: upper })).status).toBe(201);
    }
  });

  const right = signed({ ...app, user: ANNA }, auth_secret);
  test.each<[string, Params]>([
    ['another secret', signed(app, 'other')],
    ['a parameter added', { ...right, auth_secret }],
    ['a parameter changed', { ...right, nonce: 33433 }],
    ['a nested parameter changed', { ...right, user: { ...ANNA, password: 'annaSecret2' } }],
    ['a parameter left out', { ...right, user: { login: 'anna' } }],
    ['cut off', { ...right, signature: String(right.signature).slice(0, 39) }],
    ['not hex', { ...right, signature: 'x'.repeat(40) }],
    ['SHA-256 of other parameters', { ...signed(app, auth_secret, 'sha256'), nonce: 1 }],
  ])('a wrong signature is refused: %s', async (_name, params) => {
    const answer = await createTestSandbox(emulator, service).send('POST /session', { params });
    expectError(answer, service, 'unexpected_signature');
    expect(answer.headers.get(service.expiryHeader)).toBeNull();
  });

  test('are checked only if the application has a secret', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.apps.add({ id: 77, auth_key: 'open', dialect: service.name });
    const params = { ...app, application_id: 77, auth_key: 'open', signature: 'anything' };
    expect((await sandbox.send('POST /session', { params })).status).toBe(201);
  });

  test('are required by the setting, and checked without it', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ require_signature: false });
    expect((await sandbox.send('POST /session', { params: app })).status).toBe(201);
    await sandbox.control.settings.set({ require_signature: true });
    const missing = await sandbox.send('POST /session', { params: app });
    expectError(missing, service, 'param_required', { field: 'signature' });
    expect((await sandbox.send('POST /session', { params: signed(app, auth_secret) })).status).toBe(201);
  });

  test.each([
    [0, true],
    [-3600, true],
    [3600, true],
    [-3601, false],
    [3601, false],
    [-86_400, false],
  ])('a timestamp that is %i seconds off', async (seconds, fine) => {
    const answer = await createTestSandbox(emulator, service).openSession({ timestamp: TS + seconds });
    if (fine) expect([answer.status, answer.json.session.ts]).toEqual([201, TS + seconds]);
    else expectError(answer, service, 'bad_timestamp');
  });

  test.each(['now', '2026-01-01T00:00:00Z', '1.5', TS * 1000, -1])('the timestamp %s is refused', async (timestamp) => {
    expectError(await createTestSandbox(emulator, service).openSession({ timestamp }), service, 'bad_timestamp');
  });

  test('the window moves with the clock', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.clock.freeze('2012-01-19T09:56:02Z');
    expect((await sandbox.openSession({ timestamp: 1_326_966_962 })).status).toBe(201);
    await sandbox.control.clock.advance('1h1s');
    expectError(await sandbox.openSession({ timestamp: 1_326_966_962 }), service, 'bad_timestamp');
  });

  test('errors are reported in order: application, timestamp, signature, nonce, user', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ check_nonce: true });
    const user = { login: 'anna', password: 'wrongSecret' };
    const wrong = { auth_key: 'wrong', timestamp: 1, signature: 'wrong', nonce: 5, user };
    expectError(await sandbox.openSession(wrong), service, 'application_unknown');
    const { auth_key: _, ...timed } = wrong;
    expectError(await sandbox.openSession(timed), service, 'bad_timestamp');
    expectError(await sandbox.openSession({ ...timed, timestamp: TS }), service, 'unexpected_signature');
    expectError(await sandbox.openSession({ nonce: 5, timestamp: TS, user }), service, 'wrong_password');
    expectError(await sandbox.openSession({ nonce: 5, timestamp: TS, user }), service, 'nonce_taken');
  });

  test('a nonce may come again, unless the setting forbids it', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const again = { nonce: 5, timestamp: TS };
    for (const _ of [1, 2]) expect((await sandbox.openSession(again)).status).toBe(201);
    await sandbox.control.settings.set({ check_nonce: true });
    expect((await sandbox.openSession(again)).status).toBe(201);
    expectError(await sandbox.openSession(again), service, 'nonce_taken');
    expectError(await sandbox.openSession({ ...again, nonce: '5' }), service, 'nonce_taken');
    // with another timestamp it counts as a new nonce
    expect((await sandbox.openSession({ ...again, timestamp: TS + 1 })).status).toBe(201);
    expect((await sandbox.openSession({ ...again, nonce: 6 })).status).toBe(201);
    await sandbox.control.reset();
    await sandbox.control.settings.set({ check_nonce: true });
    expect((await sandbox.openSession(again)).status).toBe(201);
  });
});

test('a nonce that is a string is echoed unchanged', async () => {
  const nonce = '6e4d5c3a-uuid';
  expect((await createTestSandbox(emulator, BLOX).openSession({ nonce })).json.session.nonce).toBe(nonce);
  expect((await createTestSandbox(emulator, CUBE).openSession({ nonce })).json.session.nonce).toBe(nonce);
});
