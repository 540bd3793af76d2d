import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { person, SERVICES } from '../support/services.ts';
import { exchangeBytes, statusesIn } from '../support/socket.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { expectOwnAnswer } from './assert-own-answer.ts';

let emulator: Emulator;
const failures: unknown[] = [];
beforeAll(async () => {
  emulator = await createPopulated({ onError: (error) => failures.push(error) });
});
afterAll(() => emulator.close());
afterEach(async () => {
  expect(failures.splice(0)).toEqual([]);
  // the server still serves the next request
  for (const service of SERVICES) {
    const sandbox = createTestSandbox(emulator, service);
    expect((await sandbox.send('GET /session', { token: await sandbox.tokenOf('ben') })).status).toBe(200);
  }
});

/** Splits the received bytes into answers. */
function answersIn(received: string) {
  const answers = [];
  let rest = received;
  while (rest !== '') {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n/.exec(rest);
    if (!head) throw new Error(`no answer: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = new Headers(
      head[2]!
        .split('\r\n')
        .filter(Boolean)
        .map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
    );
    const end = head[0].length + Number(headers.get('content-length') ?? 0);
    answers.push({
      status: Number(head[1]),
      headers,
      type: headers.get('content-type'),
      text: rest.slice(head[0].length, end),
    });
    rest = rest.slice(end);
  }
  return answers;
}

/** Sends bytes, and checks that each answer is the API's own. @returns their statuses */
async function statusesOf(parts: readonly (string | Buffer | number)[], expected = 1): Promise<number[]> {
  const complete = (received: string) => {
    try {
      const answers = answersIn(received);
      return (
        answers.length >= expected &&
        answers.every(({ text, headers }) => text.length >= Number(headers.get('content-length')))
      );
    } catch {
      return false;
    }
  };
  const received = await exchangeBytes(emulator.url, parts, { until: complete, patience: 3000 });
  return answersIn(received).map((answer) => expectOwnAnswer(answer));
}

const HOST = 'Host: localhost\r\n';

describe('bytes that are not HTTP', () => {
  test.each<[string, string | Buffer, number]>([
    ['words', 'hello there\r\n\r\n', 400],
    ['an unknown method', `BREW /users HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['an unknown version', `GET /users HTTP/9.9\r\n${HOST}\r\n`, 400],
    ['no version', 'GET /users\r\n\r\n', 403],
    ['no target', `GET HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a header without a name', `GET /users HTTP/1.1\r\n: x\r\n${HOST}\r\n`, 400],
    ['a header with a null byte', `GET /users HTTP/1.1\r\nCB-Token: a\0b\r\n${HOST}\r\n`, 400],
    ['a header across lines', `GET /users HTTP/1.1\r\nCB-Token: a\r\n b\r\n${HOST}\r\n`, 400],
    ['a null byte in the target', `GET /users\0 HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['no host', 'GET /users HTTP/1.1\r\n\r\n', 403],
    ['an invalid length', `POST /users HTTP/1.1\r\n${HOST}Content-Length: many\r\n\r\n`, 400],
    ['a negative length', `POST /users HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, 400],
    ['two lengths', `POST /users HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [
      'a length beside chunks',
      `POST /users HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['an invalid chunk', `POST /users HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n`, 400],
    ['another transfer encoding', `POST /users HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\nx`, 400],
    ['an invalid address', `GET http:// HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['an address with an unclosed host', `GET http://[::1 HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a tunnel', `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['an unknown expectation', `GET /users HTTP/1.1\r\n${HOST}Expect: 200-ok\r\n\r\n`, 417],
    ['random bytes', Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 167 + 13) % 256)), 400],
    ['a very long header', `GET /users HTTP/1.1\r\n${HOST}CB-Token: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
    [
      'very many headers',
      `GET /users HTTP/1.1\r\n${HOST}${Array.from({ length: 5000 }, (_, n) => `X-${n}: ${n}\r\n`).join('')}\r\n`,
      431,
    ],
    ['a very long address', `GET /users?${'x'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ])('%s', async (_name, bytes, status) => {
    expect(await statusesOf([bytes])).toEqual([status]);
  });

  test('an idle connection and an unfinished request get no answer before the request is complete', async () => {
    const request = `GET /users HTTP/1.1\r\n${HOST}\r\n`;
    for (const length of [0, 1, 30]) {
      const parts = [request.slice(0, length), 50, request.slice(length)];
      expect(await statusesOf(parts)).toEqual([403]);
    }
  });
});

describe.each(SERVICES)('unusual HTTP to $name', (service) => {
  const head = (line: string, token: string, more = '') =>
    `${line} HTTP/1.1\r\n${HOST}${service.tokenHeader}: ${token}\r\n${more}`;
  const tokenOf = async () =>
    (await emulator.sessions.create({ app: service.app.id, user: person(service, 'anna').id })).token;

  test('pipelined requests are answered in order', async () => {
    const token = await tokenOf();
    const requests = ['GET /session', 'GET /nowhere', 'GET /session'].map((line) => `${head(line, token)}\r\n`);
    expect(await statusesOf([requests.join('')], 3)).toEqual([200, 404, 200]);
  });

  test.each<[string, string, string, number]>([
    ['a header twice', 'GET /session', `${service.tokenHeader}: other\r\n`, 401],
    ['an address with its host', 'GET http://localhost/session', '', 404],
    ['an old version', 'GET /session', 'Connection: close\r\n', 200],
    ['a body on HEAD', 'HEAD /session', 'Content-Length: 2\r\n\r\n{}', 200],
    ['an empty chunked body', 'GET /session', 'Transfer-Encoding: chunked\r\n\r\n0\r\n', 200],
    ['a question before the body', 'POST /users', 'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}', 422],
  ])('%s', async (name, line, more, status) => {
    const bytes = `${head(line, await tokenOf(), more)}${more.includes('\r\n\r\n{}') ? '' : '\r\n'}`;
    const received = await exchangeBytes(emulator.url, [bytes], {
      until: (text) => statusesIn(text).includes(status) && text.includes('\r\n\r\n', text.lastIndexOf('HTTP/1.1 ')),
    });
    expect(statusesIn(received).at(-1), name).toBe(status);
    expect(statusesIn(received).filter((each) => each >= 500)).toEqual([]);
  });

  test('an unreadable request is refused with a complete answer, and other connections go on', async () => {
    const token = await tokenOf();
    const bad = `${head('POST /users', token, 'Content-Type: application/json\r\nContent-Length: 1\r\n')}\r\n{`;
    expect(await statusesOf([bad, `${head('GET /session', token)}\r\n`], 2)).toEqual([400, 200]);
  });

  test('a slow body delays no other request, and is read in the end', async () => {
    const token = await tokenOf();
    const body = JSON.stringify({ user: { login: `slow${service.app.id}`, password: 'slowSecret' } });
    const start = head('POST /users', token, `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`);
    const slow = statusesOf([`${start}\r\n`, 100, body.slice(0, 5), 100, body.slice(5, 30), 200, body.slice(30)]);
    const sandbox = createTestSandbox(emulator, service);
    expect((await sandbox.send('GET /session', { token: await sandbox.tokenOf('ben') })).status).toBe(200);
    expect(await slow).toEqual([201]);
  });

  test('a truncated body changes nothing', async () => {
    const token = await tokenOf();
    const login = `cut${service.app.id}`;
    const body = JSON.stringify({ user: { login, password: 'cutSecret1' } });
    const start = head(
      'POST /users',
      token,
      `Content-Type: application/json\r\nContent-Length: ${body.length + 10}\r\n`,
    );
    await exchangeBytes(emulator.url, [`${start}\r\n${body}`], { patience: 200 });
    const chunked = head('POST /users', token, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n');
    await exchangeBytes(emulator.url, [`${chunked}\r\n${body.length.toString(16)}\r\n${body}\r\n`], {
      patience: 200,
    }).catch(() => '');
    const { total } = await emulator.users.list({ app: service.app.id });
    const known = await emulator.users.list({ app: service.app.id, limit: total });
    expect(known.users.map((user) => user.login)).not.toContain(login);
  });

  test('ten megabytes in chunks are refused, and the connection stays usable', async () => {
    const token = await tokenOf();
    const start = head('POST /users', token, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n');
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const parts = [
      `${start}\r\n`,
      ...Array.from({ length: 160 }, () => chunk),
      '0\r\n\r\n',
      `${head('GET /session', token)}\r\n`,
    ];
    expect(await statusesOf(parts, 2)).toEqual([413, 200]);
  });
});
