import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { NOW, sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

describeEachTransport({ freezeTime: NOW }, (context) => {
  const signUp = async (login: string): Promise<number> =>
    (await context.send('POST /users', { headers: KEY, body: { user: { login, password: 'secret123' } } })).json.user
      .id;

  describe('diff', () => {
    test('shows the users that were created, changed and deleted, and counts sessions and mails', async () => {
      const { client } = context;
      const token = await context.tokenOf('Dacia');
      const deleted = await client.users.get(51943);
      await client.snapshot('before');
      await context.send('GET /users/51941', { token });
      const id = await signUp('mia');
      await client.users.update(51941, { full_name: 'Dacia K', phone: null, user_tags: 'a,b', password: 'another1' });
      await client.users.delete(51943);
      await client.sessions.create();
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
      const diff = await client.diff('before');
      expect(diff).toEqual({
        users: {
          created: [{ app: 230, user: await client.users.get(id) }],
          changed: [
            {
              app: 230,
              id: 51941,
              fields: {
                full_name: { before: 'Dacia Kail', after: 'Dacia K' },
                phone: expect.objectContaining({ after: null }),
                user_tags: expect.objectContaining({ after: 'a,b' }),
                updated_at: expect.objectContaining({ after: '2026-01-01T00:00:00Z' }),
                password: { before: '[redacted]', after: '[redacted]' },
              },
            },
          ],
          deleted: [{ app: 230, user: deleted }],
        },
        sessions: { created: 1, deleted: 0 },
        mails: { created: 1, deleted: 0 },
      });
      await client.restore('before');
      expect(await client.diff('before')).toEqual({
        users: { created: [], changed: [], deleted: [] },
        sessions: { created: 0, deleted: 0 },
        mails: { created: 0, deleted: 0 },
      });
    });

    test('needs a snapshot', async () => {
      expect(await rejectionOf(context.client.diff('none'))).toMatchObject({ status: 404 });
    });
  });

  describe('rewind', () => {
    test('returns the state to what it was before a request', async () => {
      const { client } = context;
      const token = await context.tokenOf('Dacia');
      const start = await client.export();
      await signUp('mia');
      const afterFirst = await client.export();
      await context.send('PUT /users/51941', { token, body: { user: { full_name: 'Dacia K' } } });
      await client.users.delete(51943);
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
      const end = await client.export();
      await client.rewind(2);
      expect(await client.export()).toEqual(afterFirst);
      await client.rewind(1);
      expect(await client.export()).toEqual(start);
      // forward again: the state before a request of the journal stays known
      await client.rewind(2);
      expect(await client.export()).toEqual(afterFirst);
      await client.rewind(3);
      expect(await client.export()).not.toEqual(end);
      expect((await client.users.get(51941)).full_name).toBe('Dacia K');
      expect(await client.outbox.list()).toEqual([]);
      expect((await client.requests.list()).length).toBe(3);
    });

    test('goes back over restored snapshots and imports', async () => {
      const { client } = context;
      await client.snapshot('before');
      await signUp('mia');
      const between = await client.export();
      await context.send('GET /users/1', { headers: KEY });
      await client.restore('before');
      await signUp('leo');
      await client.import(await client.export());
      await signUp('ann');
      await client.rewind(2);
      expect(await client.export()).toEqual(between);
      await client.rewind(1);
      expect((await client.users.list({ search: 'mia' })).total).toBe(0);
    });

    test('new users get the ids of those that are gone', async () => {
      const id = await signUp('mia');
      await context.client.rewind(1);
      expect(await signUp('leo')).toBe(id);
    });

    test('is an event', async () => {
      await signUp('mia');
      const events = await context.client.events();
      await context.client.rewind(1);
      for await (const { type, data } of events) {
        expect({ type, data }).toEqual({ type: 'reset', data: { cause: 'rewind' } });
        break;
      }
    });

    test('needs a request of the journal', async () => {
      expect(await rejectionOf(context.client.rewind(1))).toMatchObject({ status: 404 });
      await signUp('mia');
      await context.client.reset();
      expect(await rejectionOf(context.client.rewind(1))).toMatchObject({ status: 404 });
    });

    test('is refused when too much has changed since', async () => {
      await signUp('mia');
      await context.client.users.generate(60_000);
      expect(await rejectionOf(context.client.rewind(1))).toMatchObject({
        status: 409,
        message: 'request 1 is too far back: too much has changed since',
      });
    });
  });
});

test('a rewind is stored', async () => {
  const data = join(temporaryFolder(), 'state.json');
  const first = await createEmulator({ seed: true, data });
  const send = sender(first.url);
  for (const login of ['mia', 'leo'])
    await send('POST /users', { headers: KEY, body: { user: { login, password: 'secret123' } } });
  await first.rewind(2);
  const kept = await first.export();
  await first.close();
  await using second = await createEmulator({ data });
  expect(await second.export()).toEqual(kept);
  expect((await second.users.list({ search: 'mia' })).total).toBe(1);
  expect((await second.users.list({ search: 'leo' })).total).toBe(0);
});

test('the last ten replaced states are held, however many there were', async () => {
  await using emulator = await createEmulator({ seed: true });
  const send = sender(emulator.url);
  await emulator.snapshot('a');
  for (let at = 0; at < 12; at++) {
    await send('POST /users', { headers: KEY, body: { user: { login: `u${at}`, password: 'secret123' } } });
    await emulator.restore('a');
  }
  await emulator.users.create({ login: 'last', password: 'secret123' });
  const lasts = async () => (await emulator.users.list({ search: 'last' })).total;
  expect(await rejectionOf(emulator.rewind(2))).toMatchObject({ status: 409 });
  expect(await lasts()).toBe(1);
  await emulator.rewind(3);
  expect(await lasts()).toBe(0);
});
