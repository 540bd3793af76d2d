import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestLog } from '../../src/cli/log.ts';
import { hasColors, paintFor } from '../../src/cli/paint.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { NOW, type Send, sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

const ESC = '\u001b\\[';

/** A stream that keeps what is written. */
function stream(isTTY: boolean) {
  const lines: string[] = [];
  const out = new Writable({
    write: (chunk, _, written) => {
      lines.push(String(chunk));
      written();
    },
  });
  return Object.assign(out, { isTTY, lines });
}

const [pretty, colored, json] = [stream(false), stream(true), stream(false)];
const logs = [
  requestLog('pretty', pretty),
  requestLog('pretty', colored, paintFor(colored, {})),
  requestLog('json', json),
  requestLog('silent', pretty),
];
let emulator: Emulator;
let send: Send;

beforeAll(async () => {
  emulator = await createEmulator({
    seed: true,
    freezeTime: NOW,
    log: (entry) => {
      for (const log of logs) log?.(entry);
    },
  });
  send = sender(emulator.url);
});
afterAll(() => emulator.close());
beforeEach(() => {
  for (const { lines } of [pretty, colored, json]) lines.length = 0;
});

describe('a line of the log', () => {
  test('has the time, the answer, the request with its query, and errors', async () => {
    await send('GET /users/by_login?login=a%20b&token=x');
    expect(pretty.lines).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d {2}401 {2} *\d+\.\d ms {2}GET {4}\/users\/by_login\?login=a%20b&token=\[redacted\] {2}users\.by_login {2}session_missing\n$/,
      ),
    ]);
  });

  test('has its sandbox, and a hint', async () => {
    await send('POST /sandbox/w1/session', { body: { application_id: 7, auth_key: 'x' } });
    expect(pretty.lines[0]).toMatch(
      / 404 .* POST {3}\[w1\] \/session {2}session\.create {2}application_unknown {2}\(register it with --app id:key, or use --any-app\)\n$/,
    );
  });

  test("says '---' for a connection that was dropped", async () => {
    await emulator.faults.add({ match: {}, drop: 'reset', times: 1 });
    await expect(send('GET /users/1')).rejects.toThrow();
    expect(pretty.lines[0]).toMatch(/^\S+ {2}--- {2}/);
  });

  test('as JSON: one object, with the time of the machine', async () => {
    const before = new Date().toISOString();
    await send('GET /users/1?x=2');
    const { time, duration_ms, ...entry } = JSON.parse(json.lines.join(''));
    expect(entry).toEqual({
      event: 'request',
      sandbox: '',
      method: 'GET',
      path: '/users/1',
      query: '?x=2',
      operation: 'users.show',
      status: 403,
      errors: ['token_required'],
    });
    expect([before, time, new Date().toISOString()].sort()[1]).toBe(time);
  });

  test('on a terminal: the status has the colour of its class', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await emulator.faults.add({ match: { path: '/users/3' }, status: 503 });
    for (const path of ['/users/51941', '/users/2', '/users/3']) await send(`GET ${path}`, { token });
    expect(colored.lines.map((line) => new RegExp(`${ESC}(\\d+)m(\\d{3})${ESC}39m`).exec(line)?.slice(1, 3))).toEqual([
      ['32', '200'],
      ['33', '404'],
      ['31', '503'],
    ]);
  });
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('on a terminal: %s, with %j: coloured: %s', (isTTY, env, expected) => {
  expect(hasColors(stream(isTTY), env)).toBe(expected);
});

test('lists and help are coloured where FORCE_COLOR asks for it, with the same columns', async () => {
  await emulator.reset();
  await send('GET /users/1?x=2');
  const env = { USERS_EMULATOR_URL: emulator.url };
  const plain = await runInProcess(['requests'], env);
  const forced = await runInProcess(['requests'], { ...env, FORCE_COLOR: '1' });
  expect(plain.out).toMatch(/ 403 {5}GET \/users\/1\?x=2 /);
  expect(forced.out).toContain('\u001b[33m403\u001b[39m');
  expect(stripVTControlCharacters(forced.out)).toBe(plain.out);
  const help = await runInProcess(['outbox', '--help'], { FORCE_COLOR: '1' });
  expect(help.out).toContain('\u001b[1mExamples:\u001b[22m');
  expect((await runInProcess(['outbox', '--help'])).out).toBe(stripVTControlCharacters(help.out));
});
