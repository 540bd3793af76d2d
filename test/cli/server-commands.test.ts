import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { type Send, seeded } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

let emulator: Emulator;
let send: Send;

beforeAll(async () => {
  ({ emulator, send } = await seeded({ adminToken: 'secret' }));
});
afterAll(() => emulator.close());

const token = (...args: string[]) => runInProcess(['token', '--url', emulator.url, '--admin-token', 'secret', ...args]);
const health = (url: string, ...args: string[]) => runInProcess(['health', '--url', url, ...args]);

describe('token', () => {
  test.each(['Dacia', '51941'])('of %s: prints one line, a token of that user', async (user) => {
    const { code, out, err } = await token(user);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^[0-9A-F]{36}\n$/);
    const { json } = await send('GET /session', { token: out.trim() });
    expect(json.session.user_id).toBe(51941);
  });

  test('works for a user of another application', async () => {
    const { out } = await token('Kitty', '--app', '22');
    expect((await send('GET /users/87', { headers: { 'QB-Token': out.trim() } })).status).toBe(200);
  });

  test('with --json: prints the user and the expiry time', async () => {
    expect(JSON.parse((await token('Dacia', '--json')).out)).toMatchObject({
      user_id: 51941,
      expires_at: expect.stringMatching(/Z$/),
    });
  });

  test('of an unknown user: 1, with the reason', async () => {
    const { code, out, err } = await token('Nobody');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('Nobody');
  });
});

describe('health', () => {
  test('of a ready emulator: 0, in one line; no admin token is needed', async () => {
    const { code, out, err } = await health(emulator.url);
    expect([code, out, err]).toEqual([0, `${emulator.url} is ready\n`, '']);
  });

  test('with the admin token: also the version, the process and the data file', async () => {
    const info = await emulator.info();
    const { out } = await health(emulator.url, '--admin-token', 'secret');
    const { version, pid, started_at } = info;
    expect(pid).toBe(process.pid);
    expect(out).toBe(
      `${emulator.url} is ready: users-emulator ${version}, pid ${pid}, since ${started_at}, in memory\n`,
    );
    const json = await health(emulator.url, '--admin-token', 'secret', '--json');
    expect(JSON.parse(json.out)).toEqual({
      status: 'ok',
      url: emulator.url,
      process: { name: 'users-emulator', version, pid, started_at, data_file: null },
    });
    const data = join(temporaryFolder(), 'state.json');
    await using kept = await createEmulator({ data });
    expect((await health(kept.url)).out).toMatch(new RegExp(`, data file ${data}\n$`));
  });

  test('where nothing listens: 1, in one line', async () => {
    const { code, out, err } = await health(await freeAddress());
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^users-emulator: no emulator answers at .*ECONNREFUSED.*\n$/);
  });

  test('--wait polls until it is ready', async () => {
    let asked = 0;
    const slow = await listening(
      createServer(({ url }, response) => {
        const status = url !== '/_emulator/health' ? 404 : ++asked > 3 ? 200 : 503;
        response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
      }),
    );
    const url = addressOf(slow);
    const { code, out } = await health(url, '--wait', '10s');
    await close(slow);
    expect([code, out, asked]).toEqual([0, `${url} is ready\n`, 4]);
  });

  test('--wait ends after its time limit', async () => {
    const began = performance.now();
    const { code } = await health(await freeAddress(), '--wait', '200ms');
    expect(code).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(200);
  });

  test('of a server that accepts and never answers: 1, after a time limit', async () => {
    const silentServer = await listening(createServer(() => {}));
    const { code, err } = await health(addressOf(silentServer));
    await close(silentServer);
    expect(code).toBe(1);
    expect(err).toMatch(/doesn't answer\n$/);
  });

  test('an invalid --wait: 2', async () => {
    expect((await health(emulator.url, '--wait', 'soon')).code).toBe(2);
  });
});

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** An address at which nothing listens. */
const freeAddress = async () => `http://127.0.0.1:${await freePort()}`;
