import { connect } from 'users-emulator';
import { beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';

const worker = Number(process.env.WORKER);
const server = connect(inject('usersEmulator').url);
const mine = server.sandbox(`worker-${worker}`);

const ask = async (method, path, { token, body, key } = {}) => {
  const headers = {
    'Content-Type': 'application/json',
    ...(token && { 'CB-Token': token }),
    ...(key && { 'CB-AuthKey': '29WfrNWdvkhmX6V' }),
  };
  const response = await fetch(mine.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, date: response.headers.get('Date'), json: text.trim() ? JSON.parse(text) : null };
};
const signUp = (login) => ask('POST', '/users', { key: true, body: { user: { login, password: 'secret123' } } });

// nobody begins before everybody is there
beforeAll(async () => {
  await mine.clock.now();
  const all = async () => expect(await server.sandboxes.list()).toHaveLength(Number(process.env.WORKERS));
  await vi.waitFor(all, { timeout: 60_000 });
});

describe.each([1, 2, 3])('round %i', () => {
  beforeEach(() => mine.reset());

  test('users: the same logins and ids in every worker', async () => {
    expect((await mine.users.list()).total).toBe(3);
    for (const [login, id] of [
      ['mia', 51947],
      ['leo', 51948],
    ]) {
      expect(await signUp(login)).toMatchObject({ status: 201, json: { user: { id } } });
      expect(await signUp(login)).toMatchObject({ status: 422 });
    }
    for (let made = 0; made < worker; made++) expect((await signUp(`user-${made}`)).status).toBe(201);
    expect((await mine.users.list()).total).toBe(5 + worker);
    await mine.requests.verify({ match: { operation: 'users.create', status: 201 }, times: 2 + worker });
  });

  test('snapshots of the same name', async () => {
    await mine.users.create({ login: `before-${worker}`, password: 'secret123' });
    await mine.snapshot('a');
    await mine.reset('empty');
    expect((await mine.users.list()).total).toBe(0);
    await mine.restore('a');
    expect((await mine.users.list()).users.map(({ login }) => login)).toContain(`before-${worker}`);
  });

  test('clocks at different times; a session ends here alone', async () => {
    await mine.clock.freeze(Date.UTC(2030, 0, 1 + worker));
    const { token } = await mine.sessions.create({ user: 'Dacia' });
    const { status, date } = await ask('GET', '/users/51941', { token });
    expect([status, date]).toEqual([200, new Date(Date.UTC(2030, 0, 1 + worker)).toUTCString()]);
    await mine.clock.advance('2h1m');
    expect((await ask('GET', '/users/51941', { token })).status).toBe(401);
  });

  test('faults hit exactly, here alone', async () => {
    const { token } = await mine.sessions.create({ user: 'Dacia' });
    const times = (worker % 4) + 1;
    await mine.faults.add({ match: { operation: 'users.show' }, times, status: 503 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('GET', '/users/51941', { token })));
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(times);
  });

  test('settings and mails', async () => {
    expect(await mine.settings.get()).toMatchObject({ session_ttl: 7200 });
    await mine.settings.set({ session_ttl: 100 + worker });
    const { token } = await mine.sessions.create();
    const waiting = mine.outbox.waitFor({ to: 'dacia_k@domain.com', timeout: '15s' });
    await ask('GET', '/users/password/reset?email=dacia_k@domain.com', { token });
    expect((await waiting).link).toContain(mine.url);
    expect(await mine.outbox.list()).toHaveLength(1);
    expect(await mine.settings.get()).toMatchObject({ session_ttl: 100 + worker });
  });
});
