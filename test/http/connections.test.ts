import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { exchangeBytes, statusesIn } from '../support/socket.ts';

const KEY = '29WfrNWdvkhmX6V';

let emulator: Emulator;
let port: number;
let ca: string;
const failures: unknown[] = [];

beforeAll(async () => {
  emulator = await createEmulator({ seed: true, onError: (error) => failures.push(error) });
  port = Number(new URL(emulator.url).port);
  ca = await emulator.ca;
});
afterAll(() => emulator.close());
afterEach(async () => {
  expect(failures.splice(0)).toEqual([]);
  expect((await fetch(`${emulator.url}/_emulator/health`)).status).toBe(200);
});

type Open = (tcp: Socket) => Socket;
const openTcp: Open = (tcp) => tcp;
const openTls: Open = (socket) => connectTls({ socket, ca, servername: 'localhost' });
const TRANSPORTS: readonly (readonly [name: string, open: Open])[] = [
  ['http', openTcp],
  ['https', openTls],
];

/** Sends bytes and collects the answers until the server ends the connection. @param end how the client ends its side */
function exchange(open: Open, bytes: string | Buffer, end?: 'reset'): Promise<string> {
  return new Promise((resolve) => {
    const tcp = connect(port, '127.0.0.1');
    const socket = open(tcp);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
    socket.write(bytes, () => {
      if (end === 'reset') tcp.resetAndDestroy();
    });
    tcp.on('error', () => {}).on('close', () => resolve(received));
    socket.setTimeout(5000, () => socket.destroy());
  });
}

const FIRST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const ENDINGS: readonly (readonly [name: string, request: string, status: number])[] = [
  ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n', 417],
  ['an address without a path', 'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a malformed request', 'GET / HTTP/9.9\r\n\r\n', 400],
];

describe.each(TRANSPORTS)('%s: pipelined requests', (_name, open) => {
  test.each(ENDINGS)('%s after another request is refused in its turn', async (_name, request, status) => {
    const received = await exchange(open, FIRST + request);
    expect(statusesIn(received)).toEqual([404, status]);
    expect(received).toContain('{"errors":{"base":["Malformed HTTP request"]}}');
  });

  test('a dropped connection first sends the answers before it', async () => {
    const token = 'CB-AuthKey: none\r\n';
    const dropped = `GET /users/1 HTTP/1.1\r\nHost: x\r\n${token}X-Emulator-Fault: drop=empty\r\n\r\n`;
    expect(statusesIn(await exchange(open, FIRST + dropped))).toEqual([404]);
    const reset = dropped.replace('empty', 'reset');
    expect(statusesIn(await exchange(open, FIRST + reset)).length).toBeLessThanOrEqual(1);
  });

  test('a refused HEAD request has no body', async () => {
    const received = await exchange(open, 'HEAD / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 417 .*\r\n\r\n$/s);
  });
});

describe.each(TRANSPORTS)('%s: connections that are reset', (_name, open) => {
  test.each([
    'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    FIRST,
    'GET / HTTP/9.9\r\n\r\n',
    'POST /users HTTP/1.1\r\nContent-Length: 9\r\n\r\n{',
  ])('after %j leave the server standing', async (request) => {
    for (let round = 0; round < 20; round++) await exchange(open, request, 'reset');
  });
});

test('CONNECT is refused', async () => {
  const received = await exchange(openTcp, 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(statusesIn(received)).toEqual([400]);
});

describe('descriptors of https connections are given back', () => {
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const hello = Buffer.from([0x16, 3, 1]);
  const WAYS: readonly (readonly [name: string, make: () => Promise<void>])[] = [
    [
      'to clients that do not trust the certificate',
      () =>
        new Promise((resolve) => {
          const socket = connectTls({ port, host: '127.0.0.1' });
          socket.on('error', () => {}).on('close', () => resolve());
        }),
    ],
    [
      'that clients destroy after the handshake',
      () =>
        new Promise((resolve) => {
          const socket = connectTls({ port, host: '127.0.0.1', ca }, () => socket.destroy());
          socket.on('error', () => {}).on('close', () => resolve());
        }),
    ],
    [
      'that end after their first bytes',
      () =>
        new Promise((resolve) => {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => {}).on('close', () => resolve());
          socket.end(hello);
          socket.resume();
        }),
    ],
  ];
  test.runIf(process.platform === 'linux').each(WAYS)('%s', async (_name, make) => {
    await make();
    const before = descriptors();
    await Promise.all(Array.from({ length: 50 }, make));
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before + 5), 5000);
  });
});

describe('answers before a body is complete', () => {
  const head = (more: string) =>
    `POST /users HTTP/1.1\r\nHost: x\r\nCB-AuthKey: ${KEY}\r\nContent-Type: application/json\r\n${more}\r\n`;
  const large = Buffer.alloc(3 * 1_048_576, ' ');

  test('B7: a body over the limit gets its 413 every time, also when the client closes', async () => {
    const request = Buffer.concat([
      Buffer.from(head(`Connection: close\r\nContent-Length: ${large.length}\r\n`)),
      large,
    ]);
    for (let round = 0; round < 20; round++) {
      expect(statusesIn(await exchange(openTcp, request))).toEqual([413]);
    }
  });

  test('a compressed body that expands beyond the limit gets its 413 while the rest never comes', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1_048_576));
    const sent = bomb.subarray(0, bomb.length - 100);
    const received = await exchangeBytes(
      emulator.url,
      [head(`Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n`), sent],
      { until: (text) => text.includes('}}'), patience: 3000 },
    );
    expect(statusesIn(received)).toEqual([413]);
  });

  test('an import that expands beyond 64 MB is refused', async () => {
    const body = gzipSync(Buffer.alloc(65 * 1_048_576, ' '));
    const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' };
    const answer = await fetch(`${emulator.url}/_emulator/import`, { method: 'POST', headers, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ detail: 'the body is larger than 67108864 bytes' });
  });
});

describe('answers without a body', () => {
  test.each([
    [204, null],
    [304, null],
    [205, '0'],
  ])('an injected %i has none', async (status, length) => {
    const received = await exchangeBytes(
      emulator.url,
      [`GET /users/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Emulator-Fault: ${status}\r\n\r\n`],
      {},
    );
    const [headLines = '', body] = received.split('\r\n\r\n');
    expect(headLines).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(/^Content-Length: (.*)$/im.exec(headLines)?.[1] ?? null).toBe(length);
    expect(body).toBe('');
  });
});

describe('sandboxes', () => {
  const names = () => emulator.sandboxes.list();
  afterEach(() => emulator.sandboxes.clear());

  test('come into being only for paths that exist', async () => {
    expect((await fetch(`${emulator.url}/sandbox/a/nothing`)).status).toBe(404);
    expect((await fetch(`${emulator.url}/sandbox/a/users/1/2`)).status).toBe(404);
    expect((await fetch(`${emulator.url}/sandbox/a/_emulator/health`)).status).toBe(200);
    expect((await fetch(`${emulator.url}/sandbox/a/_emulator/nothing`)).status).toBe(404);
    expect(await names()).toEqual([]);
    expect((await fetch(`${emulator.url}/sandbox/a/users/1`)).status).toBe(403);
    expect(await names()).toEqual(['a']);
  });

  test('don’t come into being by pictures and links of web pages', async () => {
    const received = await exchangeBytes(
      emulator.url,
      ['GET /sandbox/a/users/1 HTTP/1.1\r\nHost: x\r\nSec-Fetch-Mode: no-cors\r\nConnection: close\r\n\r\n'],
      {},
    );
    expect(statusesIn(received)).toEqual([403]);
    expect(await names()).toEqual([]);
  });

  test('are all deleted at once', async () => {
    for (const name of ['a', 'b', 'c']) await emulator.sandbox(name).info();
    expect(await names()).toEqual(['a', 'b', 'c']);
    const answer = await fetch(`${emulator.url}/_emulator/sandboxes`, { method: 'DELETE' });
    expect(await answer.json()).toEqual({ deleted: 3 });
    expect(await names()).toEqual([]);
  });
});

describe('pages of the control plane', () => {
  test.each(['/_emulator/console', '/_emulator/reset-password?token=none'])(
    '%s has a policy that forbids frames',
    async (path) => {
      const { headers } = await fetch(emulator.url + path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    },
  );

  test('a mail’s HTML has it, too', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await fetch(`${emulator.url}/users/password/reset?email=dacia_k@domain.com`, { headers: { 'CB-Token': token } });
    const [mail] = await emulator.outbox.list();
    const { headers } = await fetch(`${emulator.url}/_emulator/outbox/${mail?.id}.html`);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});
