import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const open = (): Socket => connect(Number(new URL(emulator.url).port), '127.0.0.1');
const openTls = async (): Promise<Socket> =>
  connectTls({ port: Number(new URL(emulator.url).port), host: '127.0.0.1', ca: await emulator.ca });

interface Seen {
  readonly bytes: string;
  /** How the connection ended: by the server's FIN, by an error, or not at all until `until`. */
  readonly end: string;
}

/** Sends a request over a socket of its own and records what comes back. */
function watch(socket: Socket, { headers = '', until = new Promise<void>(() => {}) } = {}): Promise<Seen> {
  return new Promise((seen) => {
    let bytes = '';
    const done = (end: string) => {
      socket.destroy();
      seen({ bytes, end });
    };
    until.then(() => done('open'));
    socket.on('data', (chunk) => {
      bytes += chunk.toString();
    });
    socket.on('end', () => done('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.write(`GET /users/51941 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`);
  });
}

const TRANSPORTS: readonly (readonly [string, () => Socket | Promise<Socket>])[] = [
  ['http', open],
  ['https', openTls],
];

describe.each(TRANSPORTS)('drop, over %s', (_name, connected) => {
  test('without a fault there is an answer', async () => {
    expect(await watch(await connected())).toEqual({
      bytes: expect.stringMatching(/^HTTP\/1\.1 403 Forbidden\r\n/),
      end: 'end',
    });
  });

  test('reset: the connection is reset without a byte', async () => {
    await emulator.faults.add({ times: 1, drop: 'reset' });
    expect(await watch(await connected())).toEqual({ bytes: '', end: 'ECONNRESET' });
  });

  test.each(['', '; trickle=20'])('reset in the middle of the answer%s', async (more) => {
    const headers = `X-Emulator-Fault: truncated; drop=reset${more}\r\n`;
    const { bytes, end } = await watch(await connected(), { headers });
    expect([bytes.split('\r\n\r\n')[1], end]).toEqual(['{"errors":["Toke', 'ECONNRESET']);
  });

  test('empty: the connection is closed without a byte', async () => {
    await emulator.faults.add({ times: 1, drop: 'empty' });
    expect(await watch(await connected())).toEqual({ bytes: '', end: 'end' });
  });

  test('hang: the connection stays open without a byte', async () => {
    await emulator.faults.add({ times: 1, drop: 'hang' });
    const until = expect
      .poll(() => emulator.requests.list())
      .toMatchObject([{ status: 0 }])
      .then(async () => expect((await fetch(`${emulator.url}/users/51941`)).status).toBe(403));
    expect(await watch(await connected(), { until })).toEqual({ bytes: '', end: 'open' });
  });

  test('works by the header of the request, too', async () => {
    expect(await watch(await connected(), { headers: 'X-Emulator-Fault: drop=reset\r\n' })).toEqual({
      bytes: '',
      end: 'ECONNRESET',
    });
  });

  test('happens after the delay', async () => {
    await emulator.faults.add({ times: 1, drop: 'empty', delay: 120 });
    const started = performance.now();
    expect(await watch(await connected())).toEqual({ bytes: '', end: 'end' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });
});

test('the journal records a dropped request with status 0', async () => {
  const { id } = await emulator.faults.add({ times: 1, drop: 'empty' });
  await watch(open());
  expect(await emulator.requests.list()).toMatchObject([{ operation: 'users.show', status: 0, fault: id }]);
});

test('the emulator closes despite a hanging connection', async () => {
  const own = await createEmulator({ seed: true });
  await own.faults.add({ drop: 'hang' });
  const asked = fetch(`${own.url}/users`).catch(() => 'cut');
  await expect.poll(async () => (await own.requests.list()).length).toBe(1);
  await own.close();
  expect(await asked).toBe('cut');
});

describe('delay', () => {
  const timed = async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const started = performance.now();
    const { status } = await fetch(`${emulator.url}/users/51941`, { headers: { 'CB-Token': token } });
    return { status, took: performance.now() - started };
  };

  test('alone delays the ordinary answer', async () => {
    await emulator.faults.add({ times: 1, delay: 150 });
    const { status, took } = await timed();
    expect(status).toBe(200);
    expect(took).toBeGreaterThanOrEqual(149);
  });

  test('is between two bounds', async () => {
    await emulator.faults.add({ delay: [50, 80] });
    for (let call = 0; call < 5; call++) expect((await timed()).took).toBeGreaterThanOrEqual(49);
  });

  test('does not delay other requests', async () => {
    await emulator.faults.add({ times: 1, delay: 1500 });
    const slow = timed();
    await expect.poll(async () => (await emulator.faults.list()).length).toBe(0);
    const first = await Promise.race([slow.then(() => 'the delayed one'), timed().then(() => 'the other one')]);
    expect(first).toBe('the other one');
    expect((await slow).took).toBeGreaterThanOrEqual(1499);
  });

  test('a session that ends during the delay is unknown after it', async () => {
    await emulator.faults.add({ times: 1, delay: 200 });
    const slow = timed();
    await expect.poll(async () => (await emulator.faults.list()).length).toBe(0);
    await emulator.sessions.expire({ all: true });
    expect((await slow).status).toBe(401);
  });
});
