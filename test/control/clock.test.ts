import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { NOW, sender } from '../support/http.ts';
import { signed } from '../support/test-sandbox.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const DAY = 86_400_000;
const SESSION = { application_id: 230, auth_key: '29WfrNWdvkhmX6V' };

describeEachTransport({}, (context) => {
  const now = async () => Date.parse(await context.client.clock.now());
  const show = (token: string, id: number | string = 51941) => context.send(`GET /users/${id}`, { token });

  describe('the clock itself', () => {
    test('follows the system until it is changed', async () => {
      expect(Math.abs((await now()) - Date.now())).toBeLessThan(5000);
      expect(await context.client.clock.get()).toMatchObject({ frozen: false });
    });

    test('is frozen, set, advanced by durations, and runs on from there', async () => {
      const { clock } = context.client;
      const { now: stopped } = await clock.freeze();
      await new Promise((done) => setTimeout(done, 20));
      expect(await clock.get()).toEqual({ now: stopped, frozen: true });

      expect(await clock.freeze(NOW)).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
      expect(await clock.advance('2h1m')).toEqual({ now: '2026-01-01T02:01:00.000Z', frozen: true });
      expect(await clock.advance(1500)).toMatchObject({ now: '2026-01-01T02:01:01.500Z' });
      expect(await clock.advance('-1d1m1500ms')).toMatchObject({ now: '2025-12-31T02:00:00.000Z' });
      expect(await clock.set(Date.parse(NOW))).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });

      expect(await clock.resume()).toMatchObject({ frozen: false });
      await new Promise((done) => setTimeout(done, 30));
      const later = (await now()) - Date.parse(NOW);
      expect(later).toBeGreaterThanOrEqual(25);
      expect(later).toBeLessThan(5000);
      await clock.advance('1d');
      expect((await now()) - Date.parse(NOW)).toBeGreaterThanOrEqual(DAY + 25);
    });

    test('accepts a Date, a day, and a time zone', async () => {
      const { clock } = context.client;
      const shown = { now: '2026-01-01T00:00:00.000Z', frozen: true };
      expect(await clock.freeze(new Date(NOW))).toEqual(shown);
      for (const time of [new Date(NOW), '2026-01-01', '2026-01-01 00:00', '2026-01-01T05:30:00.000+05:30'])
        expect(await clock.set(time)).toEqual(shown);
    });

    test.each(['5', 'Jan 5', '2026', '2026-02-30', '2026-02-31T00:00:00Z', '1969-12-31T23:59:59Z', '+010000-01-01'])(
      'refuses %j: not an ISO time that a clock can show',
      async (time) => {
        const message = 'now: must be an ISO time from 1970 to 9899, such as 2026-01-01T00:00:00Z';
        expect(await rejectionOf(context.client.clock.freeze(time))).toMatchObject({ status: 422, message });
        await expect(createEmulator({ freezeTime: time })).rejects.toThrow(
          'freezeTime: must be a time such as 2026-01-01T',
        );
      },
    );

    test('refuses invalid times, invalid durations, and years out of range', async () => {
      const { clock } = context.client;
      expect(await rejectionOf(clock.freeze('soon'))).toMatchObject({ status: 422 });
      expect(await rejectionOf(clock.set(new Date('soon')))).toMatchObject({ status: 422 });
      expect(await rejectionOf(clock.advance('5 parsecs'))).toMatchObject({ status: 422 });
      expect(await rejectionOf(clock.advance('4000000d'))).toMatchObject({ status: 422 });
      expect(await rejectionOf(clock.set('1969-12-31T23:59:59Z'))).toMatchObject({ status: 422 });
    });
  });

  describe('what follows the clock', () => {
    test('sessions end two hours after their last use', async () => {
      const token = await context.tokenOf('Dacia');
      await context.client.clock.advance('1h59m');
      expect((await show(token)).status).toBe(200);
      await context.client.clock.advance('1h59m');
      expect((await show(token)).status).toBe(200);
      await context.client.clock.advance('2h1m');
      expect(await show(token)).toMatchObject({
        status: 401,
        json: { errors: { base: ['Required session does not exist'] } },
      });
    });

    test('the expiry header of a session', async () => {
      await context.client.clock.freeze(NOW);
      const { headers } = await context.send('POST /session', { body: SESSION });
      expect(headers.get('CB-Token-ExpirationDate')).toBe('2026-01-01 02:00:00 UTC');
    });

    test('guests end after a day, with their sessions', async () => {
      const { json } = await context.send('POST /session', { body: { ...SESSION, user: { guest: '1' } } });
      const { token, user } = json.session;
      await context.client.clock.advance('23h59m');
      expect((await show(token, user.id)).status).toBe(200);
      await context.client.clock.advance('2m');
      expect(await rejectionOf(context.client.users.get(user.id))).toMatchObject({ status: 404 });
      expect((await show(token)).status).toBe(401);
    });

    test('reset links end after a day', async () => {
      const page = async () => {
        const { link } = await context.client.outbox.waitFor();
        return (await fetch(link)).status;
      };
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token: await context.tokenOf(null) });
      await context.client.clock.advance('23h59m');
      expect(await page()).toBe(200);
      await context.client.clock.advance('2m');
      expect(await page()).toBe(410);
    });

    test('timestamps of sign-ups, updates, last requests, sessions, mails and the journal', async () => {
      await context.client.clock.freeze(NOW);
      const body = { user: { login: 'mia', password: 'secret123' } };
      const { json } = await context.send('POST /users', { body, headers: { 'CB-AuthKey': SESSION.auth_key } });
      expect(json.user).toMatchObject({ created_at: NOW, updated_at: NOW });

      await context.client.clock.advance('1m');
      const token = await context.tokenOf('mia');
      const update = await context.send(`PUT /users/${json.user.id}`, { token, body: { user: { full_name: 'Mia' } } });
      expect(update.json.user).toMatchObject({ created_at: NOW, updated_at: '2026-01-01T00:01:00Z' });
      expect(await context.client.users.get(json.user.id)).toMatchObject({ last_request_at: '2026-01-01T00:01:00Z' });

      const session = await context.send('POST /session', { body: SESSION });
      expect(session.json.session).toMatchObject({
        created_at: '2026-01-01T00:01:00.000Z',
        ts: Date.parse(NOW) / 1000 + 60,
      });
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
      expect((await context.client.outbox.list())[0]).toMatchObject({ created_at: '2026-01-01T00:01:00Z' });
      expect((await context.client.requests.list()).at(-1)).toMatchObject({ time: '2026-01-01T00:01:00.000Z' });
    });

    test("timestamps of signatures are accepted within an hour of the clock's time", async () => {
      await context.client.clock.freeze('2030-06-01T12:00:00Z');
      const secret = 'users-emulator-secret';
      const open = async (timestamp: number) => {
        const params = { application_id: 22, auth_key: 'wJHd4cQSxpQGWx5', nonce: 1, timestamp };
        return (await context.send('POST /session', { body: signed(params, secret) })).status;
      };
      const noon = Date.parse('2030-06-01T12:00:00Z') / 1000;
      expect(await open(noon)).toBe(201);
      expect(await open(noon - 3600)).toBe(201);
      expect(await open(noon - 3601)).toBe(422);
      expect(await open(noon + 3601)).toBe(422);
      await context.client.clock.advance('1h');
      expect(await open(noon + 3601)).toBe(201);
    });

    test('rate limits, and their seconds to wait', async () => {
      await context.client.clock.freeze(NOW);
      await context.client.settings.set({ rate_limit: '2/60' });
      const token = await context.tokenOf('Dacia');
      expect((await show(token)).status).toBe(200);
      await context.client.clock.advance('15s');
      expect((await show(token)).status).toBe(200);
      const { status, headers, json } = await show(token);
      expect({ status, retry: headers.get('Retry-After'), json }).toEqual({
        status: 429,
        retry: '45',
        json: { errors: { base: ['Too many requests'] } },
      });
      await context.client.clock.advance('44s');
      expect((await show(token)).headers.get('Retry-After')).toBe('1');
      await context.client.clock.advance('1s');
      expect((await show(token)).status).toBe(200);
    });

    test('the Date header of every answer', async () => {
      const token = await context.tokenOf('Dacia');
      expect(Math.abs(Date.parse((await show(token)).headers.get('Date')!) - Date.now())).toBeLessThan(5000);

      await context.client.clock.freeze('2030-06-01T12:00:00.900Z');
      const dates = [
        (await show('none')).headers,
        (await show(token)).headers,
        (await context.send('POST /session', { body: 'a=%' })).headers,
        (await fetch(`${context.client.url}/_emulator/clock`)).headers,
      ].map((headers) => headers.get('Date'));
      expect(dates).toEqual(Array(4).fill('Sat, 01 Jun 2030 12:00:00 GMT'));

      await context.client.clock.advance('1s');
      expect((await show(token)).headers.get('Date')).toBe('Sat, 01 Jun 2030 12:00:01 GMT');
      await context.client.reset();
      expect(Math.abs(Date.parse((await show(token)).headers.get('Date')!) - Date.now())).toBeLessThan(5000);
    });
  });
});

test('each sandbox has a clock of its own', async () => {
  await using emulator = await createEmulator({ seed: true });
  const [left, right] = [emulator.sandbox('left'), emulator.sandbox('right')];
  await left.clock.freeze(NOW);
  expect(await right.clock.get()).toMatchObject({ frozen: false });
  const dates = await Promise.all(
    [left, right, emulator].map(async ({ url }) => (await sender(url)('GET /users')).headers.get('Date')!),
  );
  expect(dates[0]).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
  for (const date of dates.slice(1)) expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(5000);
});

test('--freeze-time starts with a stopped clock, and so does every reset', async () => {
  await using emulator = await createEmulator({ seed: true, freezeTime: new Date(NOW) });
  expect(await emulator.clock.get()).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
  await emulator.clock.advance('1d');
  await emulator.clock.resume();
  await emulator.reset();
  expect(await emulator.clock.get()).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
});
