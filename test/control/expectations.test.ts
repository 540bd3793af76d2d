import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { NOW } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

describeEachTransport({ freezeTime: NOW }, (context) => {
  const signUp = (login: string) =>
    context.send('POST /users', { headers: KEY, body: { user: { login, password: 'secret123' } } });
  const match = { operation: 'users.create' } as const;

  describe('waitFor', () => {
    test('returns the requests as soon as enough have come', async () => {
      const waiting = context.client.requests.waitFor({ match, times: 2 });
      await signUp('mia');
      await signUp('leo');
      const found = await waiting;
      expect(found.map(({ response }) => response?.status)).toEqual([201, 201]);
      expect(found).toEqual(await context.client.requests.list());
      expect(await context.client.requests.waitFor()).toHaveLength(2);
    });

    test('rejects with the nearest misses when the time has passed', async () => {
      await context.send('GET /users/1', { headers: KEY });
      const started = performance.now();
      expect(await rejectionOf(context.client.requests.waitFor({ match, timeout: '50ms' }))).toMatchObject({
        status: 417,
        message:
          'expected at least 1 matching request within 50 ms, found 0; nearest: GET /users/1: operation is "users.show", not "users.create"',
      });
      expect(performance.now() - started).toBeGreaterThan(45);
    });
  });

  describe('verify', () => {
    test('a range of times', async () => {
      await signUp('mia');
      await signUp('leo');
      const { verify } = context.client.requests;
      for (const times of [{ min: 1 }, { max: 2 }, { min: 2, max: 2 }])
        expect(await verify({ match, times })).toEqual({ matched: 2 });
      const messages = [];
      for (const times of [{ min: 3 }, { max: 1 }, { min: 3, max: 4 }])
        messages.push((await rejectionOf(verify({ match, times }))).message);
      expect(messages).toEqual([
        'expected at least 3 matching requests, found 2',
        'expected at most 1 matching request, found 2',
        'expected 3 to 4 matching requests, found 2',
      ]);
    });

    test('within a time, as soon as it holds', async () => {
      const verified = context.client.requests.verify({ match, within: '5s' });
      await signUp('mia');
      expect(await verified).toEqual({ matched: 1 });
      expect(await rejectionOf(context.client.requests.verify({ match, times: 2, within: 50 }))).toMatchObject({
        status: 417,
        message: 'expected 2 matching requests within 50 ms, found 1',
      });
    });

    test('never, for a time', async () => {
      const { verify } = context.client.requests;
      expect(await verify({ match, never: '20ms' })).toEqual({ matched: 0 });
      const broken = rejectionOf(verify({ match, never: '5s' }));
      await sleep(20);
      await signUp('mia');
      expect(await broken).toMatchObject({ message: 'expected 0 matching requests within 5000 ms, found 1' });
    });

    test('an order, with others between', async () => {
      await signUp('mia');
      await context.send('GET /users/1', { headers: KEY });
      await signUp('leo');
      const login = (name: string) => ({ params: { user: { login: name } } });
      const { verify } = context.client.requests;
      expect(await verify({ order: [login('mia'), login('leo')] })).toEqual({ matched: 2 });
      expect(await rejectionOf(verify({ order: [login('leo'), login('mia')] }))).toEqual({
        status: 417,
        message: 'no request matches number 2 of the order after request 3',
        extensions: { matched: 1, expected: 2, nearest: [] },
      });
      const later = verify({ order: [login('mia'), login('leo'), login('ann')], within: '5s' });
      await signUp('ann');
      expect(await later).toEqual({ matched: 3 });
    });

    test('refuses contradictions', async () => {
      const problems = [];
      for (const given of [
        {},
        { match, order: [match] },
        { match, never: 1, times: 2 },
        { order: [match], times: 2 },
        { match, times: {} },
        { match, times: { min: 2, max: 1 } },
        { match, within: '5m' },
      ])
        problems.push((await rejectionOf(context.client.requests.verify(given as never))).message);
      expect(problems).toEqual([
        'give either match or order',
        'give either match or order',
        'never: takes no times and no within',
        'order: takes no times and no never',
        'times: must be a number, or { min, max } with one of both at least',
        'times: must be a number, or { min, max } with one of both at least',
        "within: must be a duration of at most four minutes, such as '5s'",
      ]);
    });
  });

  test('a HAR file has what a browser shows of requests', async () => {
    await signUp('mia');
    await context.send('GET /users?page=1', { headers: KEY });
    const { log } = await context.client.requests.har();
    const [first, second] = log.entries;
    const { version } = await context.client.info();
    expect({ ...log, entries: [] }).toEqual({
      version: '1.2',
      creator: { name: 'users-emulator', version },
      entries: [],
    });
    expect(first).toMatchObject({
      request: {
        method: 'POST',
        url: `${context.client.url}/users`,
        postData: { mimeType: 'application/json', text: '{"user":{"login":"mia","password":"[redacted]"}}' },
      },
      response: { status: 201, content: { mimeType: 'application/json; charset=utf-8' } },
      _operation: 'users.create',
      _errors: [],
    });
    expect(JSON.parse(first!.response.content.text!)).toHaveProperty('user.login', 'mia');
    expect(second!.request.queryString).toEqual([{ name: 'page', value: '1' }]);
    expect((await context.client.requests.har({ limit: 1 })).log.entries).toEqual([second]);
  });
});

describe('curl', () => {
  const COMMANDS: readonly (readonly [what: string, path: string, init: RequestInit])[] = [
    ['a query with brackets', '/users?filter[]=number+id+gt+1&order=asc+string+login', { headers: KEY }],
    [
      'JSON with quotes',
      '/users',
      {
        method: 'POST',
        headers: { ...KEY, 'Content-Type': 'application/json' },
        body: JSON.stringify({ user: { login: "mia'$HOME`ls`", email: 'x' } }),
      },
    ],
    [
      'a form',
      '/users.json?x=1',
      {
        method: 'PUT',
        headers: KEY,
        body: new URLSearchParams([
          ['user[tag_list]', 'a b&c'],
          ['ids[]', '1'],
          ['ids[]', '2'],
        ]),
      },
    ],
    ['HEAD', '/users/1', { method: 'HEAD', headers: KEY }],
  ];

  test.each(COMMANDS)('the command for %s sends the same request', async (_what, path, init) => {
    await using emulator = await createEmulator({ seed: true });
    await fetch(emulator.url + path, init);
    const command = (await emulator.requests.curl(1)).replaceAll('[redacted]', KEY['CB-AuthKey']);
    await promisify(execFile)('sh', ['-c', command.replace('curl', 'curl -sS')]);
    const [sent, repeated] = await emulator.requests.list();
    const facts = ({ method, path, operation, status, request, response }: typeof sent & object) => ({
      method: [method, request.method],
      path,
      operation,
      status,
      url: request.url,
      params: request.params,
      key: request.headers['cb-authkey'],
      body: response?.body,
    });
    expect(facts(repeated!)).toEqual(facts(sent!));
  });

  test('over HTTP it is plain text', async () => {
    await using emulator = await createEmulator({ seed: true });
    await fetch(`${emulator.url}/users/1`, { headers: KEY });
    const answer = await fetch(`${emulator.url}/_emulator/requests/1.curl`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe(`curl '${emulator.url}/users/1' \\\n  -H 'cb-authkey: [redacted]'`);
  });

  test('a parameter of the query is not repeated in the body, however its name is encoded', async () => {
    await using emulator = await createEmulator({ seed: true });
    const url = `${emulator.url}/users/by_login?%6cogin=Dacia`;
    await fetch(url);
    expect(await emulator.requests.curl(1)).toBe(`curl '${url}'`);
  });
});

describe('--journal', () => {
  test('bounds the entries of each sandbox', async () => {
    await using emulator = await createEmulator({ seed: true, journal: 2 });
    for (const id of [1, 2, 3]) await fetch(`${emulator.sandbox('a').url}/users/${id}`);
    expect((await emulator.sandbox('a').requests.list()).map(({ id }) => id)).toEqual([2, 3]);
  });

  test.each(['0', 'x', '10:', '10:5TB', '1:0'])('%s is refused', async (journal) => {
    await expect(createEmulator({ journal })).rejects.toThrow('journal: must be a number of requests');
  });
});
