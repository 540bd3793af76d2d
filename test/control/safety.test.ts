import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlError, connect, createEmulator, type Emulator, UsageError } from '../../src/index.ts';
import { rawRequest, sender } from '../support/http.ts';
import { rejectionOf } from './each-transport.ts';

const request = (url: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  rawRequest(url, { method, path, headers });

const ROUTES: readonly (readonly [string, string])[] = [
  ['GET', ''],
  ['POST', '/reset'],
  ['GET', '/export'],
  ['POST', '/import'],
  ['GET', '/users'],
  ['POST', '/sessions'],
  ['GET', '/outbox'],
  ['GET', '/requests'],
  ['DELETE', '/faults'],
  ['PUT', '/clock'],
  ['DELETE', '/sandboxes/x'],
];

describe('without a token', () => {
  let emulator: Emulator;
  let port: string;
  beforeAll(async () => {
    emulator = await createEmulator({ seed: true });
    port = new URL(emulator.url).port;
  });
  afterAll(() => emulator.close());

  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', 'app.localhost'])('%s is served', async (name) => {
    const { status } = await request(emulator.url, '/_emulator', { Host: `${name}:${port}` });
    expect(status).toBe(200);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.2', 'notlocalhost'])(
    'a foreign Host, as in DNS rebinding, is refused: %j',
    async (name) => {
      const { status, text } = await request(emulator.url, '/_emulator', { Host: `${name}:${port}` });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toMatchObject({ status: 403, detail: expect.stringContaining('--admin-token') });
    },
  );

  test.each([
    'http://evil.example',
    'null',
    'https://localhost',
    'http://localhost:1',
    'http://127.0.0.1.evil.example',
  ])('a page of another origin is refused: %s', async (Origin) => {
    for (const [method, path] of ROUTES) {
      const { status } = await request(emulator.url, `/_emulator${path}`, { Origin }, method);
      expect([method, path, status]).toEqual([method, path, 403]);
    }
    expect((await emulator.users.list()).total).toBe(3);
  });

  test('a page of its own is served', async () => {
    const { status } = await request(emulator.url, '/_emulator', { Origin: emulator.url });
    expect(status).toBe(200);
  });

  test('sandboxes have the same guard', async () => {
    const { status } = await request(emulator.url, '/sandbox/a/_emulator/reset', { Origin: 'http://x.org' }, 'POST');
    expect(status).toBe(403);
    expect(await emulator.sandboxes.list()).toEqual([]);
  });

  test('CORS opens the emulated API, and never the control plane', async () => {
    const asking = { Origin: 'http://app.example', 'Access-Control-Request-Method': 'POST' };
    const api = await request(emulator.url, '/users', asking, 'OPTIONS');
    expect(api.headers.get('access-control-allow-origin')).toBe('*');
    for (const path of ['/_emulator/reset', '/_emulator/users', '/sandbox/a/_emulator/reset', '/_emulator/nothing']) {
      for (const method of ['OPTIONS', 'GET', 'POST']) {
        const { status, headers } = await request(emulator.url, path, asking, method);
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect([path, method, status < 400]).toEqual([path, method, false]);
      }
    }
  });

  test('an unknown route is a problem document that points to the documents', async () => {
    const { status, text, headers } = await request(emulator.url, '/_emulator/nothing', {}, 'POST');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(text)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'there is no POST /_emulator/nothing: see GET /_emulator/openapi.json',
    });
  });
});

test('a known path with a wrong method lists the allowed ones', async () => {
  await using emulator = await createEmulator();
  const known = [
    ['GET', '/reset', 'POST'],
    ['PUT', '/faults/fault-1', 'GET, HEAD, DELETE'],
    ['PUT', '/users/generate', 'GET, HEAD, PATCH, DELETE, POST'],
    ['DELETE', '', 'GET, HEAD'],
  ] as const;
  for (const [method, path, allow] of known) {
    const { status, headers, text } = await request(emulator.url, `/_emulator${path}`, {}, method);
    expect([status, headers.get('allow'), JSON.parse(text).status]).toEqual([405, allow, 405]);
  }
});

describe('with a token', () => {
  const adminToken = 'a-secret-of-the-tests';
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await createEmulator({ seed: true, adminToken });
  });
  afterAll(() => emulator.close());

  test.each([
    undefined,
    'Bearer wrong',
    `Bearer ${adminToken}x`,
    `Bearer ${adminToken.slice(0, -1)}`,
    adminToken,
    'Basic abc',
    'Bearer ',
  ])('every operation is refused: %s', async (authorization) => {
    for (const [method, path] of ROUTES) {
      const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
      const { status } = await request(emulator.url, `/_emulator${path}`, headers, method);
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  test('with it, every Host and Origin is served', async () => {
    const headers = { Host: 'emulator.test', Origin: 'http://other', Authorization: `Bearer ${adminToken}` };
    expect((await request(emulator.url, '/_emulator', headers)).status).toBe(200);
  });

  test('connect sends it, to sandboxes, too', async () => {
    const remote = connect(emulator.url, { adminToken });
    expect((await remote.users.list()).total).toBe(3);
    expect((await remote.sandbox('a').users.list()).total).toBe(3);
    expect(await rejectionOf(connect(emulator.url).users.list())).toMatchObject({ status: 401 });
  });

  test('routes behind links, and those needed before a token is known, need none', async () => {
    expect((await request(emulator.url, '/_emulator/health')).status).toBe(200);
    expect((await request(emulator.url, '/_emulator/ca.pem')).text).toContain('BEGIN CERTIFICATE');
    const { token } = await emulator.sessions.create();
    await sender(emulator.url)('GET /users/password/reset?email=dacia_k@domain.com', { token });
    const { link } = await emulator.outbox.waitFor();
    expect((await fetch(link)).status).toBe(200);
  });

  test('the emulated API needs none', async () => {
    expect((await request(emulator.url, '/users')).status).toBe(403);
    expect((await request(emulator.url, '/users')).text).toBe('{"errors":["Token is required"]}');
  });
});

describe('beyond loopback', () => {
  test.each(['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.example.org'])(
    '%s without a token is a usage error',
    async (host) => {
      await expect(createEmulator({ host })).rejects.toThrow(UsageError);
      await expect(createEmulator({ host })).rejects.toThrow('adminToken');
    },
  );

  test('with a token it is served', async () => {
    await using emulator = await createEmulator({ host: '0.0.0.0', adminToken: 'a-secret-of-the-tests' });
    const { port } = new URL(emulator.url);
    const url = `http://127.0.0.1:${port}`;
    expect((await request(url, '/_emulator')).status).toBe(401);
    expect((await connect(url, { adminToken: 'a-secret-of-the-tests' }).info()).ready).toBe(true);
  });

  test.each(['localhost', '127.0.0.1', '127.0.0.2', '::1'])('%s counts as this machine', async (host) => {
    await using emulator = await createEmulator({ host }).catch((error) => {
      // a machine without IPv6
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return createEmulator();
      throw error;
    });
    expect((await connect(emulator.url).info()).ready).toBe(true);
  });
});

test('errors of the control plane are the same in process and over HTTP', async () => {
  await using emulator = await createEmulator({ seed: true });
  const inProcess = await rejectionOf(emulator.users.get(5));
  expect(await rejectionOf(connect(emulator.url).users.get(5))).toEqual(inProcess);
  expect(new ControlError(404, 'x')).toBeInstanceOf(Error);
});
