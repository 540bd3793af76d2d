import { createServer, IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import createConnect from 'connect';
import express, { type Request, type Response } from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Emulator } from '../../src/index.ts';
import { seeded, sender } from '../support/http.ts';

// Express 5's types: what the tests use of Express 4 has the same
const express4: typeof express = createRequire(import.meta.url)('express4');

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** A framework's app, as far as the tests build one. */
interface OuterApp {
  use(middleware: Middleware): unknown;
  use(path: string, middleware: Middleware): unknown;
}

let emulator: Emulator;
beforeAll(async () => {
  ({ emulator } = await seeded());
});
afterAll(() => emulator.close());

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Serves an app on a free port until the test ends. @returns its address */
async function serve(app: RequestListener): Promise<string> {
  const server = createServer(app);
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const frameworks: readonly [name: string, create: () => OuterApp & RequestListener][] = [
  ['Express 4', () => express4()],
  ['Express 5', () => express()],
  ['Connect', () => createConnect()],
];

/** An address that Express' router finds no path in: it calls `next`. */
const NO_PATH = 'http://[::1';

describe.each(frameworks)('%s', (name, create) => {
  test.each(['/mock', '/a/b', ''])('serves both planes mounted at "%s"', async (path) => {
    const outer = create();
    if (path === '') outer.use(emulator.app);
    else outer.use(path, emulator.app);
    const url = (await serve(outer)) + path;
    const sandbox = connect(`${url}/sandbox/${name.replace(' ', '-')}`);
    await sandbox.reset();
    const { token } = await sandbox.sessions.create();
    const send = sender(sandbox.url);
    const user = { login: 'newcomer', password: 'password1' };
    const created = await send('POST /users', { token, body: { user } });
    expect([created.status, created.json.user.login]).toEqual([201, 'newcomer']);
    expect((await send('POST /login', { token, body: user })).status).toBe(202);
    expect((await send(`GET /users/${created.json.user.id}`, { token })).json.user.login).toBe('newcomer');
    expect(await sandbox.requests.list()).toMatchObject([
      { path: '/users', status: 201 },
      { path: '/login', status: 202 },
      { path: `/users/${created.json.user.id}`, status: 200 },
    ]);
    expect((await send('GET /nowhere')).text).toBe('{"errors":{"base":["No route matches GET /nowhere"]}}');
    expect((await fetch(`${url}/_emulator/nowhere`)).headers.get('content-type')).toContain('problem+json');
    // the links of mails lead through the mount
    await send('GET /users/password/reset?email=dacia_k@domain.com', { token });
    const [mail] = await sandbox.outbox.list();
    expect(mail!.link).toMatch(new RegExp(`^${sandbox.url}/_emulator/reset-password\\?application_id=230&token=`));
    expect((await fetch(mail!.link)).status).toBe(200);
  });

  test('what stands before and after it goes on as if it were not there', async () => {
    const outer = create();
    outer.use('/before', (_request, response) => response.end('before'));
    outer.use('/mock', emulator.app);
    outer.use((request, response) => response.end(`after ${request.url}`));
    const url = await serve(outer);
    const text = async (path: string) => (await fetch(url + path)).text();
    expect([await text('/before'), await text('/mocks/1?x=2'), await text('/users/1')]).toEqual([
      'before',
      'after /mocks/1?x=2',
      'after /users/1',
    ]);
    expect(await text('/mock/users/1')).toBe('{"errors":["Token is required"]}');
    expect(await text('/')).toBe('after /');
  });

  test('a request that it passes on is as it came, for middleware and for errors', async () => {
    const outer = create();
    const seen: unknown[] = [];
    const facts = (request: IncomingMessage) => {
      const { url, baseUrl, originalUrl } = request as Request;
      return { url, baseUrl, originalUrl, prototype: Object.getPrototypeOf(request) };
    };
    outer.use('/mock', (request, response, next) => {
      request.url = NO_PATH;
      const before = { ...facts(request), response: Object.getPrototypeOf(response) };
      emulator.app(request, response, (error) => {
        expect({ ...facts(request), response: Object.getPrototypeOf(response) }).toEqual(before);
        seen.push(error);
        next(new Error('from behind the emulator'));
      });
    });
    outer.use(((error: Error, _request: IncomingMessage, response: ServerResponse, _next: unknown) =>
      response.end(error.message)) as unknown as Middleware);
    const url = await serve(outer);
    expect(await (await fetch(`${url}/mock/users/1`)).text()).toBe('from behind the emulator');
    expect(seen).toEqual([undefined]);
  });

  test('Node’s own prototypes stay as they are', async () => {
    const outer = create();
    outer.use('/mock', emulator.app);
    const url = await serve(outer);
    await fetch(`${url}/mock/users/1`);
    expect(Object.getPrototypeOf(IncomingMessage.prototype)).toBe(Readable.prototype);
    expect(Object.hasOwn(IncomingMessage.prototype, 'query')).toBe(false);
    expect('json' in ServerResponse.prototype).toBe(false);
  });
});

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
])('%s', (_name, createExpress) => {
  test('the helpers of requests and responses work around it', async () => {
    const outer = createExpress();
    outer.use((request: Request, response: Response, next) => {
      response.set('X-Query', String(request.query.x));
      next();
    });
    outer.use('/mock', emulator.app);
    outer.use('/passed', (request, response, next) => {
      const { url } = request;
      request.url = NO_PATH;
      emulator.app(request, response, (error) => {
        request.url = url;
        next(error);
      });
    });
    outer.use((request: Request, response: Response) => {
      response.status(418).json({ query: request.query, path: request.path, type: request.get('Accept') });
    });
    const url = await serve(outer);
    expect((await fetch(`${url}/mock/users/1?x=1`)).headers.get('x-query')).toBe('1');
    for (const path of ['/other', '/passed']) {
      const answer = await fetch(`${url}${path}?x=1`, { headers: { Accept: 'text/plain' } });
      expect(answer.status).toBe(418);
      expect(await answer.json()).toEqual({ query: { x: '1' }, path, type: 'text/plain' });
    }
  });

  test('mounted twice, and in an app that is mounted itself', async () => {
    const inner = createExpress();
    inner.use('/mock', emulator.app);
    const outer = createExpress();
    outer.use('/inner', inner);
    outer.use('/mock', emulator.app);
    outer.use((_request: Request, response: Response) => {
      response.json('outer');
    });
    const url = await serve(outer);
    for (const path of ['/mock', '/inner/mock']) {
      expect((await connect(url + path).info()).name).toBe('users-emulator');
      expect((await fetch(`${url}${path}/users/1`)).status).toBe(403);
    }
    expect(await (await fetch(`${url}/inner/other`)).json()).toBe('outer');
  });
});

test('Node’s own server can call it without `next`', async () => {
  const url = await serve(emulator.app);
  expect((await connect(url).info()).name).toBe('users-emulator');
  expect((await fetch(`${url}/users/1`)).status).toBe(403);
});
