import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { type Answer, rawRequest } from '../support/http.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
afterAll(() => emulator.close());

const ORIGIN = 'http://shop.example:8080';
const list = (text: unknown) => String(text).toLowerCase().split(/, */);

function preflight(path: string, headers: Record<string, string>): Promise<Answer> {
  return rawRequest(emulator.url, { method: 'OPTIONS', path, headers: { Origin: ORIGIN, ...headers } });
}

// sdk: the headers that the browser builds send
const SENT = {
  ConnectyCube: ['content-type', 'cb-sdk', 'cb-token', 'cb-authkey', 'cb-account-key'],
  QuickBlox: [
    'content-type',
    'qb-token',
    'qb-os',
    'qb-sdk',
    'qb-account-key',
    'quickblox-rest-api-version',
    'authorization',
  ],
};

describe('a preflight', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('allows %s', async (method) => {
    const { status, headers, text } = await preflight('/users/1.json', { 'Access-Control-Request-Method': method });
    expect([status, text]).toEqual([200, '']);
    expect(list(headers.get('access-control-allow-methods'))).toContain(method.toLowerCase());
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each(Object.entries(SENT))('allows the headers that %s SDKs send, requested or not', async (_, sent) => {
    for (const asked of [sent.join(','), undefined]) {
      const { headers } = await preflight('/session.json', {
        'Access-Control-Request-Method': 'POST',
        ...(asked && { 'Access-Control-Request-Headers': asked }),
      });
      expect(list(headers.get('access-control-allow-headers'))).toEqual(expect.arrayContaining(sent));
    }
  });

  test("allows the emulator's headers, and any other that is requested", async () => {
    const asked = 'x-emulator-fault,x-emulator-request-tag,x-of-mine';
    const { headers } = await preflight('/users', { 'Access-Control-Request-Headers': asked });
    expect(list(headers.get('access-control-allow-headers'))).toEqual(list(asked));
    expect(list(headers.get('vary'))).toContain('access-control-request-headers');
  });

  test('allows the headers that name a sandbox, requested or not', async () => {
    for (const asked of ['x-emulator-sandbox,baggage', undefined]) {
      const { headers } = await preflight('/users', asked ? { 'Access-Control-Request-Headers': asked } : {});
      expect(list(headers.get('access-control-allow-headers'))).toEqual(
        expect.arrayContaining(['x-emulator-sandbox', 'baggage']),
      );
    }
  });

  test('allows a page of a public network to call this machine, when requested', async () => {
    const { headers } = await preflight('/users', { 'Access-Control-Request-Private-Network': 'true' });
    expect(headers.get('access-control-allow-private-network')).toBe('true');
    expect((await preflight('/users', {})).headers).not.toHaveProperty('access-control-allow-private-network');
  });

  test('is the same in a sandbox, and leaves no trace', async () => {
    const { status } = await preflight('/sandbox/w1/users', { 'Access-Control-Request-Method': 'POST' });
    expect(status).toBe(200);
    expect(await emulator.requests.list()).toEqual([]);
    expect(await emulator.sandboxes.list()).toEqual([]);
  });
});

describe('answers', () => {
  // log: of both services, on errors, too
  test.each([
    ['a session', 'POST', '/session?application_id=230&auth_key=29WfrNWdvkhmX6V', 201, 'cb-token-expirationdate'],
    ['an error', 'GET', '/users/1', 403, 'cb-token-expirationdate'],
    ['an unknown route', 'GET', '/nothing', 404, 'cb-token-expirationdate'],
    ['the legacy service', 'GET', '/users.xml', 401, 'qb-token-expirationdate'],
  ])('can be read by pages of every origin: %s', async (_, method, path, status, exposed) => {
    const answer = await rawRequest(emulator.url, { method, path, headers: { Origin: ORIGIN } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(list(answer.headers.get('access-control-expose-headers'))).toContain(exposed);
  });
});

describe('the control plane', () => {
  test.each(['/_emulator', '/_emulator/reset', '/sandbox/w1/_emulator/users'])(
    'is closed to pages of other origins: %s',
    async (path) => {
      const { headers } = await preflight(path, { 'Access-Control-Request-Method': 'POST' });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      const { status } = await rawRequest(emulator.url, { method: 'GET', path, headers: { Origin: ORIGIN } });
      expect(status).toBeGreaterThanOrEqual(403);
    },
  );
});
