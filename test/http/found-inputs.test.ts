import { Agent, get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { exchangeBytes } from '../support/socket.ts';

/** Inputs that broke an earlier version, as `npm run fuzz` or a person found them. Each must get these statuses. */
const FOUND: readonly (readonly [what: string, bytes: string, statuses: readonly number[]])[] = [
  [
    'an unknown expectation behind another request ended the process',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n',
    [404, 417],
  ],
  [
    'an address without a path behind another request ended the process',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET http:// HTTP/1.1\r\nHost: x\r\n\r\n',
    [404, 400],
  ],
  ['a path that is no UTF-8', 'GET /users/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400]],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
];

let emulator: Emulator;
const failures: unknown[] = [];
beforeAll(async () => {
  emulator = await createEmulator({ seed: true, onError: (error) => failures.push(error) });
});
afterAll(() => emulator.close());

test.each(FOUND)('%s', async (_what, bytes, statuses) => {
  const received = await exchangeBytes(emulator.url, [bytes]);
  expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)).slice(0, 2)).toEqual(
    statuses,
  );
  expect((await fetch(`${emulator.url}/_emulator/health`)).status).toBe(200);
  expect(failures).toEqual([]);
});

test('a connection that asks for another protocol with each request gets no more listeners with each', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { Connection: 'Upgrade', Upgrade: 'h2c' };
  const sockets = new Set<unknown>();
  for (let round = 0; round < 20; round++) {
    const status = await new Promise((resolve, reject) => {
      const request = get(`${emulator.url}/users/1`, { agent, headers }, (answer) => {
        sockets.add(request.socket);
        answer.resume().on('end', () => setImmediate(resolve, answer.statusCode));
      }).on('error', reject);
    });
    expect(status).toBe(403);
  }
  agent.destroy();
  process.off('warning', onWarning);
  expect(sockets.size).toBeLessThan(3);
  expect(warnings).toEqual([]);
});
