import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { BIN, runCommand } from '../support/command-line.ts';
import { sender } from '../support/http.ts';

const TOKEN = 'a-secret-of-the-tests';

let emulator: Emulator;
let client: Client;

const start = async (args: readonly string[]) => {
  const started = new Client({ name: 'test', version: '1.0.0' });
  await started.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, 'mcp', ...args],
      env: { ...getDefaultEnvironment(), USERS_EMULATOR_ADMIN_TOKEN: TOKEN },
    }),
  );
  return started;
};

interface Result {
  readonly isError: boolean;
  readonly text: string;
}

/** Calls a tool. */
async function call(name: string, input: Record<string, unknown> = {}): Promise<Result> {
  const { content, isError = false } = await client.callTool({ name, arguments: input });
  const [first] = content as { readonly type: string; readonly text: string }[];
  return { isError: isError === true, text: first?.text ?? '' };
}

/** Its answer, which must be one. */
async function answer(name: string, input: Record<string, unknown> = {}) {
  const { isError, text } = await call(name, input);
  if (isError) throw new Error(text);
  return JSON.parse(text);
}

beforeAll(async () => {
  emulator = await createEmulator({ seed: true, adminToken: TOKEN });
  client = await start(['--url', emulator.url]);
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

describe('users-emulator mcp', () => {
  test('introduces itself', () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'users-emulator' });
    expect(client.getInstructions()).toContain('A mock server for integration tests');
  });

  test('lists tools that say what they need, what they change and where', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'info',
      'users_list',
      'users_create',
      'sessions_create',
      'requests_list',
      'requests_verify',
      'outbox_list',
      'faults_add',
      'faults_clear',
      'stubs_add',
      'clock_set',
      'clock_advance',
      'snapshots_save',
      'snapshots_restore',
      'reset',
      'evidence',
    ]);
    for (const { name, description, inputSchema, annotations } of tools) {
      expect(description, name).toMatch(/^.{10,}\. [A-Z].{10,}\.$/s);
      expect(inputSchema.properties, name).toHaveProperty('sandbox');
      expect(annotations, name).toMatchObject({ openWorldHint: false });
    }
    const namesOf = (hint: 'readOnlyHint' | 'destructiveHint') =>
      tools.filter(({ annotations }) => annotations?.[hint]).map(({ name }) => name);
    expect(namesOf('readOnlyHint')).toEqual([
      'info',
      'users_list',
      'requests_list',
      'requests_verify',
      'outbox_list',
      'evidence',
    ]);
    expect(namesOf('destructiveHint')).toEqual(['faults_clear', 'snapshots_restore', 'reset']);
    const create = tools.find(({ name }) => name === 'users_create');
    expect(create?.inputSchema.required).toEqual(['user']);
  });

  test('controls the emulator: users, tokens, requests, faults, mails, time, snapshots', async () => {
    const { url, applications } = await answer('info');
    expect({ url, ids: applications.map(({ id }: { id: number }) => id) }).toEqual({
      url: emulator.url,
      ids: [22, 230],
    });
    await answer('snapshots_save', { name: 'before' });
    const user = await answer('users_create', {
      user: { login: 'mia', password: 'secret123', email: 'mia@example.com' },
    });
    expect(await answer('users_list', { search: 'mia' })).toMatchObject({ total: 1, users: [{ id: user.id }] });
    const { token } = await answer('sessions_create', { user: 'mia' });
    const send = sender(emulator.url);
    await answer('faults_add', { match: { operation: 'users.show' }, times: 1, status: 503 });
    expect((await send('GET /users/51941', { token })).status).toBe(503);
    expect((await send('GET /users/51941', { token })).status).toBe(200);
    const { items } = await answer('requests_list', { operation: 'users.show' });
    expect(items.map(({ status }: { status: number }) => status)).toEqual([503, 200]);
    await answer('requests_verify', { match: { operation: 'users.show' }, times: 2 });
    await send('GET /users/password/reset?email=mia@example.com', { token });
    expect((await answer('outbox_list', { to: 'mia@example.com', wait: '5s' })).items[0].link).toContain(emulator.url);
    await answer('clock_advance', { by: '3h' });
    expect((await send('GET /users/51941', { token })).status).toBe(401);
    expect((await answer('evidence')).levels).toHaveProperty('doc');
    await answer('snapshots_restore', { name: 'before' });
    await answer('reset');
    expect((await emulator.users.list()).total).toBe(3);
  });

  test('works in a sandbox', async () => {
    await answer('users_create', { sandbox: 'w1', user: { login: 'zoe', password: 'secret123' } });
    expect((await emulator.users.list()).total).toBe(3);
    expect((await emulator.sandbox('w1').users.list()).total).toBe(4);
    await answer('reset', { sandbox: 'w1' });
    expect((await emulator.sandbox('w1').users.list()).total).toBe(3);
  });

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ['an unknown field', 'users_list', { serch: 'x' }, /^serch: is unknown; .*did you mean|^serch: is unknown/],
    ['an unknown sandbox name', 'users_list', { sandbox: 'a/b' }, /^sandbox: 'a\/b' can't name one: use /],
    ['a user that the API refuses', 'users_create', { user: { login: 'x' } }, /password/],
    ['an unknown tool', 'nothing', {}, /^there is no tool 'nothing'$/],
    ['a snapshot that is missing', 'snapshots_restore', { name: 'no' }, /^there is no snapshot 'no'/],
    ['requests that did not come', 'requests_verify', { match: { path: '/none' }, times: 3 }, /3/],
  ])('explains %s', async (_case, name, input, pattern) => {
    const { isError, text } = await call(name, input);
    expect(text).toMatch(pattern);
    expect(isError).toBe(true);
  });

  test('uses the sandbox of its options by default', async () => {
    const own = client;
    client = await start(['--url', emulator.url, '--sandbox', 'agent']);
    onTestFinished(async () => {
      await client.close();
      client = own;
    });
    await answer('users_create', { user: { login: 'kim', password: 'secret123' } });
    expect((await emulator.sandbox('agent').users.list()).total).toBe(4);
  });

  test('without an emulator, says how to start one', async () => {
    const own = client;
    client = await start(['--url', 'http://127.0.0.1:9']);
    onTestFinished(async () => {
      await client.close();
      client = own;
    });
    expect(await call('info')).toEqual({
      isError: true,
      text: expect.stringMatching(/^no emulator answers at http:\/\/127\.0\.0\.1:9 .*start one with 'users-emulator'/),
    });
  });

  test('answers the calls that came before the end of its input', async () => {
    const initialize = {
      protocolVersion: '2025-03-26',
      capabilities: {},
      clientInfo: { name: 'pipe', version: '1.0.0' },
    };
    const calls = [
      { id: 1, method: 'initialize', params: initialize },
      { id: 2, method: 'tools/call', params: { name: 'info', arguments: {} } },
      { id: 3, method: 'tools/call', params: { name: 'reset', arguments: { to: 'nowhere' } } },
    ];
    const input = calls.map((each) => `${JSON.stringify({ jsonrpc: '2.0', ...each })}\n`).join('');
    const env = { USERS_EMULATOR_ADMIN_TOKEN: TOKEN };
    const { code, out, err } = await runCommand(['mcp', '--url', emulator.url], { env, input });
    const ids = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect([code, err, ids.sort()]).toEqual([0, '', [1, 2, 3]]);
  });

  test('ends when its input ends', async () => {
    expect(await runCommand(['mcp'])).toEqual({ code: 0, out: '', err: '' });
  });
});
