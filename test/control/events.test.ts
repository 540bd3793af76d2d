import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { connect, createEmulator, type LiveEvent, type LiveEvents } from '../../src/index.ts';
import { sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

/** The next events. */
async function take(events: LiveEvents, count: number): Promise<LiveEvent[]> {
  const taken: LiveEvent[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

const shown = (events: readonly LiveEvent[]) => events.map(({ type, data }) => [type, data]);

describeEachTransport({}, (context) => {
  test('a request is an event, then what it changed, then the mail that it sent', async () => {
    const { client } = context;
    const token = await context.tokenOf('Dacia');
    const events = await client.events();
    await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
    await context.send('PUT /users/51941', { token, body: { user: { full_name: 'Dacia K' } } });
    const [entry] = await client.requests.list();
    const [mail] = await client.outbox.list();
    expect(shown(await take(events, 5))).toEqual([
      ['request', entry],
      ['change', { request: 1, changes: [{ mail: mail!.id, change: 'created' }], truncated: false }],
      ['mail', mail],
      ['request', await client.requests.get(2)],
      ['change', { request: 2, changes: [{ app: 230, user: 51941, change: 'updated' }], truncated: false }],
    ]);
  });

  test('calls of the control plane are events', async () => {
    const { client } = context;
    const events = await client.events();
    const user = await client.users.create({ login: 'mia', password: 'secret123' });
    const frozen = await client.clock.freeze('2030-01-01T00:00:00Z');
    const advanced = await client.clock.advance('2h');
    expect(shown(await take(events, 3))).toEqual([
      ['change', { request: null, changes: [{ app: 230, user: user.id, change: 'created' }], truncated: false }],
      ['clock', frozen],
      ['clock', advanced],
    ]);
    const again = await client.events();
    await client.faults.add({ match: { operation: 'users.show' }, status: 500, times: 1 });
    await context.send('GET /users/1', { headers: KEY });
    await client.settings.set({ disable_list_users_v1: false }, { app: 230 });
    await client.stubs.add({ match: 'GET /chat/Dialog', json: {} });
    await context.send('GET /chat/Dialog');
    await client.stubs.clear();
    const kinds = (await take(again, 10)).map(({ type, data }) =>
      type === 'request' ? [type, data.id] : [type, data],
    );
    expect(kinds).toEqual([
      ['fault', { id: 'fault-1', change: 'added' }],
      ['fault', { id: 'fault-1', change: 'hit' }],
      ['request', 1],
      ['settings', { app: 230 }],
      ['change', { request: null, changes: [{ stub: 1, change: 'created' }], truncated: false }],
      ['stub', { id: 1, change: 'added' }],
      ['request', 2],
      ['stub', { id: 1, change: 'hit' }],
      ['change', { request: null, changes: [{ stub: 1, change: 'deleted' }], truncated: false }],
      ['stub', { id: 1, change: 'removed' }],
    ]);
  });

  test('restore, import, reset and an emptied journal say that everything may have changed', async () => {
    const { client } = context;
    const events = (await client.events({ types: ['snapshot'] }))[Symbol.asyncIterator]();
    const changes: readonly [change: () => Promise<unknown>, type: string, data: object][] = [
      [() => client.snapshot('before'), 'snapshot', { name: 'before', change: 'saved' }],
      [() => client.restore('before'), 'reset', { cause: 'restore' }],
      [async () => client.import(await client.export()), 'reset', { cause: 'import' }],
      [() => client.reset(), 'reset', { cause: 'reset' }],
      [() => client.requests.clear(), 'reset', { cause: 'clear' }],
      [() => client.snapshots.delete('before'), 'snapshot', { name: 'before', change: 'deleted' }],
    ];
    for (const [change, type, data] of changes) {
      await change();
      expect((await events.next()).value).toMatchObject({ type, data });
    }
    await events.return?.();
  });

  test('a reader goes on after the last event that it has', async () => {
    const { client } = context;
    const events = await client.events();
    for (const id of [1, 2, 3]) await context.send(`GET /users/${id}`, { headers: KEY });
    const [first, second, third] = await take(events, 3);
    await context.send('GET /users/4', { headers: KEY });
    const later = await take(await client.events({ after: first!.id }), 3);
    expect(later.slice(0, 2)).toEqual([second, third]);
    expect(later[2]).toMatchObject({ type: 'request', data: { id: 4 } });
    const unknown = await take(await client.events({ after: 'of-another-emulator' }), 1);
    expect(shown(unknown)).toEqual([['reset', { cause: 'missed' }]]);
    const current = await client.events({ after: later[2]!.id });
    await client.clock.advance(1);
    expect((await take(current, 1))[0]!.type).toBe('clock');
  });

  test('only the requested types', async () => {
    const { client } = context;
    const events = await client.events({ types: ['clock'] });
    await context.send('GET /users/1', { headers: KEY });
    await client.clock.advance(1);
    expect((await take(events, 1))[0]!.type).toBe('clock');
    expect(await rejectionOf(client.events({ types: ['clocks'] as never }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('types: must be some of request,mail,change'),
    });
  });

  test('a closed stream ends', async () => {
    const events = await context.client.events();
    const reader = take(events, 1);
    events.close();
    expect(await reader).toEqual([]);
  });
});

describe('streams', () => {
  test('end when their sandbox is deleted, and when the emulator stops', async () => {
    const emulator = await createEmulator({ seed: true });
    await emulator.sandbox('a').health();
    const inProcess = await emulator.events();
    const overHttp = await connect(emulator.url).events();
    const deleted = [await emulator.sandbox('a').events(), await connect(emulator.url).sandbox('a').events()];
    await emulator.sandboxes.delete('a');
    for (const events of deleted) expect(await take(events, 1)).toEqual([]);
    await emulator.sandbox('b').health();
    await emulator.sandboxes.delete('b');
    expect(shown(await take(inProcess, 3))).toEqual([
      ['sandbox', { name: 'a', change: 'deleted' }],
      ['sandbox', { name: 'b', change: 'created' }],
      ['sandbox', { name: 'b', change: 'deleted' }],
    ]);
    const started = performance.now();
    const reader = take(overHttp, 9);
    await emulator.close();
    expect(await reader).toHaveLength(3);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test('are server-sent events, which go on after Last-Event-ID', async () => {
    await using emulator = await createEmulator({ seed: true });
    const url = `${emulator.url}/_emulator/events`;
    const first = await fetch(url);
    expect(first.headers.get('content-type')).toBe('text/event-stream');
    await emulator.clock.freeze('2030-01-01T00:00:00Z');
    await emulator.clock.freeze('2030-01-02T00:00:00Z');
    const text = await textOf(first, 2);
    const [, id] = /^id: (\S+)$/m.exec(text)!;
    expect(text.slice(0, text.indexOf('\n\nid: ', 20))).toBe(
      `retry: 1000\n\nid: ${id}\nevent: clock\ndata: {"now":"2030-01-01T00:00:00.000Z","frozen":true}`,
    );
    const next = await textOf(await fetch(url, { headers: { 'Last-Event-ID': id! } }), 1);
    expect(next).toContain('2030-01-02');
    expect(next).not.toContain('2030-01-01T');
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  });

  test('are refused over a hundred', async () => {
    await using emulator = await createEmulator({ seed: true });
    const all = await Promise.all(Array.from({ length: 100 }, () => emulator.events()));
    expect(await rejectionOf(emulator.events())).toMatchObject({ status: 429 });
    all[0]!.close();
    await emulator.events();
  });

  test('a reader that does not read is dropped, and disturbs nobody', async () => {
    await using emulator = await createEmulator({ seed: true });
    const { host, hostname, port } = new URL(emulator.url);
    const socket = connectSocket(Number(port), hostname);
    socket.write(`GET /_emulator/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(socket, 'readable');
    const idle = await emulator.events();
    const send = sender(emulator.url);
    const body = { user: { login: 'x', password: 'y', custom_data: 'z'.repeat(10_000) } };
    for (let at = 0; at < 40; at++)
      await Promise.all(Array.from({ length: 100 }, () => send('POST /users', { headers: KEY, body })));
    await expect(take(idle, 5000)).rejects.toThrow('too slow');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve).once('error', () => {}));
    expect((await emulator.requests.list({ limit: 1 }))[0]!.id).toBe(4000);
  }, 60_000);
});

/** The text of a stream up to an event. */
async function textOf(answer: Response, count: number): Promise<string> {
  let text = '';
  for await (const chunk of answer.body!) {
    text += Buffer.from(chunk).toString();
    if (text.split('\nid: ').length > count && text.endsWith('\n\n')) break;
  }
  return text;
}
