import { describe, expect, test } from 'vitest';
import type { UserOrder } from '../../src/control/user-order.ts';
import type { Fixture } from '../../src/fixtures/types.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const SOME_EVIDENCE = expect.toSatisfy(
  (pieces: readonly Evidence[]) =>
    pieces.length > 0 && pieces.every(({ source, note }) => /^(doc|log|sdk|guess|own)$/.test(source) && note !== ''),
);

describeEachTransport({}, (context) => {
  const logins = async () => (await context.client.users.list()).users.map(({ login }) => login);
  const addMia = () => context.client.users.create({ login: 'mia', password: 'secret123' });

  describe('the state', () => {
    test('info names the emulator, its address and its applications', async () => {
      expect(await context.client.health()).toEqual({ status: 'ok' });
      const info = await context.client.info();
      expect(info).toMatchObject({ name: 'users-emulator', ready: true, url: context.client.url });
      expect(info).toMatchObject({
        pid: process.pid,
        ca_file: expect.stringMatching(/ca\.pem$/),
        data_file: null,
        started_at: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      expect(info.applications).toContainEqual({
        id: 230,
        dialect: 'connectycube',
        auth_key: '29WfrNWdvkhmX6V',
        users: 3,
      });
    });

    test('reset goes back to the seed: users, sessions, settings, clock, faults, outbox, journal, warnings', async () => {
      const token = await context.tokenOf('Dacia');
      await addMia();
      await context.client.settings.set({ disable_list_users_v1: false });
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
      await context.send('GET /users/51941', { token });
      await context.client.clock.freeze('2030-01-01T00:00:00Z');
      await context.client.faults.add({ status: 503 });

      await context.client.reset();
      expect(await logins()).toEqual(['Dacia', 'ppavalli', 'gabby']);
      expect(await context.client.settings.get()).toMatchObject({ disable_list_users_v1: true });
      expect((await context.client.clock.get()).frozen).toBe(false);
      expect(Math.abs(Date.parse(await context.client.clock.now()) - Date.now())).toBeLessThan(5000);
      expect(await context.client.faults.list()).toEqual([]);
      expect(await context.client.outbox.list()).toEqual([]);
      expect(await context.client.requests.list()).toEqual([]);
      expect(await context.client.warnings()).toEqual([]);
      expect(await context.send('GET /users/51941', { token })).toMatchObject({ status: 401 });
    });

    test('reset to empty keeps the applications, without users', async () => {
      await context.client.reset('empty');
      expect(await logins()).toEqual([]);
      expect(await context.client.apps.list()).toHaveLength(2);
      expect((await addMia()).login).toBe('mia');
    });

    test('a snapshot brings back users, sessions, settings and mails', async () => {
      const token = await context.tokenOf('Dacia');
      await context.client.settings.set({ session_ttl: 60 });
      await context.send('GET /users/password/reset?email=dacia_k@domain.com', { token });
      await context.client.snapshot('before');
      await addMia();
      await context.client.users.delete(51941);
      await context.client.settings.set({ session_ttl: 120 });
      await context.client.outbox.clear();
      expect(await context.client.snapshots.list()).toEqual(['before']);

      for (const _again of [1, 2]) {
        await context.client.restore('before');
        expect(await logins()).toEqual(['Dacia', 'ppavalli', 'gabby']);
        expect(await context.send('GET /users/51941', { token })).toMatchObject({ status: 200 });
        expect(await context.client.settings.get()).toMatchObject({ session_ttl: 60 });
        expect(await context.client.outbox.list()).toHaveLength(1);
        await context.client.users.delete(51943);
      }
      await context.client.snapshots.delete('before');
      expect(await context.client.snapshots.list()).toEqual([]);
      expect(await rejectionOf(context.client.restore('before'))).toMatchObject({
        status: 404,
        message: expect.stringContaining("no snapshot 'before'"),
      });
      expect(await rejectionOf(context.client.snapshots.delete('before'))).toMatchObject({ status: 404 });
    });

    test('an export can be imported: the same users, passwords included', async () => {
      await addMia();
      const exported = await context.client.export();
      await context.client.reset('empty');
      expect(await context.client.import(exported)).toMatchObject({
        applications: [
          { id: 22, users: 6 },
          { id: 230, users: 4 },
        ],
      });
      expect((await context.client.export()).applications).toEqual((exported as Fixture).applications);
      expect(await logins()).toContain('mia');
      const session = await context.send('POST /session', {
        body: {
          application_id: 230,
          auth_key: '29WfrNWdvkhmX6V',
          user: { login: 'mia', password: 'secret123' },
        },
      });
      expect(session.status).toBe(201);
    });

    test('an import can be a bare list of users to merge; an invalid one changes nothing and lists all problems', async () => {
      await context.client.import([{ id: 7, login: 'zoe' }], 'merge');
      expect(await logins()).toEqual(['zoe', 'Dacia', 'ppavalli', 'gabby']);
      const bad = context.client.import([{ id: 8, login: 'Dacia' }, { id: 9 }, { id: 9 }], 'merge');
      expect(await rejectionOf(bad)).toMatchObject({
        status: 422,
        extensions: {
          problems: expect.arrayContaining(['[0].login: already used by user 51941', '[2].id: already used by [1]']),
        },
      });
      expect(await logins()).toEqual(['zoe', 'Dacia', 'ppavalli', 'gabby']);
    });
  });

  describe('applications and settings', () => {
    test('an added application answers at once', async () => {
      await context.client.apps.add({ id: 77, auth_key: 'key-77' });
      expect((await context.client.apps.list()).map(({ id }) => id)).toEqual([22, 77, 230]);
      await context.client.settings.set({ rate_limit: '10/1' }, { app: 22 });
      expect((await context.client.apps.list()).map((app) => app.rate_limit)).toEqual(['10/1', 'off', 'off']);
      const session = await context.send('POST /session', { body: { application_id: 77, auth_key: 'key-77' } });
      expect(session.json.session.application_id).toBe(77);
      expect(await rejectionOf(context.client.apps.add({ id: 77, auth_key: 'other' }))).toMatchObject({ status: 409 });
      expect(await rejectionOf(context.client.apps.add({ id: 78, auth_key: 'key-77' }))).toMatchObject({ status: 409 });
      expect(await rejectionOf(context.client.apps.add({ id: 78, auth_key: 'k', dialect: 'x' }))).toMatchObject({
        status: 422,
        message: expect.stringContaining('dialect'),
      });
    });

    test('an application with a lower id does not become the default', async () => {
      await context.client.apps.add({ id: 5, auth_key: 'key-5' });
      expect((await context.client.sessions.create({ user: 'Dacia' })).user_id).toBe(51941);
      expect((await context.send('GET /_emulator/apps')).json.default).toBe(230);
      await context.client.import({ applications: [{ id: 7, auth_key: 'key-7' }] });
      expect((await context.send('GET /_emulator/apps')).json.default).toBe(7);
    });

    test('a setting applies to all applications, or to one', async () => {
      const token = await context.tokenOf('Dacia');
      expect((await context.send('GET /users', { token })).status).toBe(403);
      expect(await context.client.settings.set({ disable_list_users_v1: false })).toMatchObject({
        disable_list_users_v1: false,
      });
      expect((await context.send('GET /users', { token })).status).toBe(200);
      await context.client.settings.set({ session_ttl: 60 }, { app: 22 });
      expect(await context.client.settings.get({ app: 22 })).toMatchObject({ session_ttl: 60 });
      expect(await context.client.settings.get()).toMatchObject({ session_ttl: 7200 });
      expect(await rejectionOf(context.client.settings.get({ app: 5 }))).toMatchObject({
        status: 404,
        message: expect.stringContaining('22, 230'),
      });
    });

    test('every wrong setting is reported, and none is applied', async () => {
      const wrong = context.client.settings.set({ session_ttl: 60, password_min_length: 0, no_such: true } as object);
      expect(await rejectionOf(wrong)).toMatchObject({
        status: 422,
        extensions: { problems: [expect.stringContaining('password_min_length'), expect.stringContaining('no_such')] },
      });
      expect(await context.client.settings.get()).toMatchObject({ session_ttl: 7200 });
    });
  });

  describe('users and sessions', () => {
    test('users are created by the rules of sign-up, read, changed without the old password, and deleted', async () => {
      const { id } = await context.client.users.create({
        login: 'mia',
        password: 'secret123',
        user_tags: ['vip', 'new'],
      });
      expect(id).toBe(51947);
      expect(await context.client.users.get(id)).toMatchObject({ login: 'mia', has_password: true });
      expect(await context.client.users.update(id, { full_name: 'Mia', password: 'another1' })).toMatchObject({
        full_name: 'Mia',
      });
      const user = { login: 'mia', password: 'another1' };
      const session = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user };
      const opened = await context.send('POST /session', { body: session });
      expect(opened.json.session.user).toMatchObject({ id, full_name: 'Mia', user_tags: 'vip,new' });

      expect(await context.client.users.get('mia')).toEqual(await context.client.users.get(id));
      expect(await context.client.users.update('mia', { login: 'a/b c' })).toMatchObject({ id });
      await context.client.users.delete('a/b c');
      expect(await rejectionOf(context.client.users.get(id))).toMatchObject({ status: 404 });
      expect(await context.send('GET /users/51941', { token: opened.json.session.token })).toMatchObject({
        status: 401,
      });
      expect(await rejectionOf(context.client.users.create({ login: 'Dacia', password: 'x' }))).toMatchObject({
        status: 422,
        extensions: { keys: ['too_short'] },
      });
      expect(await rejectionOf(context.client.users.create({ login: 'Dacia', password: 'secret123' }))).toMatchObject({
        extensions: { keys: ['taken'] },
      });
    });

    test('users of any application are listed by id in pages', async () => {
      expect(await context.client.users.list({ offset: 1, limit: 1 })).toMatchObject({
        total: 3,
        users: [{ id: 51943 }],
      });
      expect((await context.client.users.list({ app: 22 })).total).toBe(6);
      const { total, users } = await context.client.users.list({ search: 'COR' });
      expect([total, users.map(({ id }) => id)]).toEqual([1, [51946]]);
      expect((await context.client.users.list({ search: '5194' })).total).toBe(3);
      expect((await context.client.users.list({ search: 'nobody' })).total).toBe(0);
    });

    test('users are listed in the order of any field, those without a value last', async () => {
      await context.client.users.update(51943, { timezone: 2, full_name: 'a small letter' });
      await context.client.users.update(51941, { timezone: 10 });
      const ids = async (sort: UserOrder) => (await context.client.users.list({ sort })).users.map(({ id }) => id);
      expect(await ids('-id')).toEqual([51946, 51943, 51941]);
      expect(await ids('full_name')).toEqual([51943, 51941, 51946]);
      expect(await ids('timezone')).toEqual([51943, 51941, 51946]);
      expect(await ids('-timezone')).toEqual([51941, 51943, 51946]);
      expect(await rejectionOf(ids('full_nam' as UserOrder))).toMatchObject({
        status: 422,
        message: "sort: must be a field of users, or '-' and a field; did you mean full_name?",
      });
    });

    test('users are generated', async () => {
      expect(await context.client.users.generate(50)).toEqual({ count: 50, first_id: 51947, last_id: 51996 });
      expect((await context.client.users.list()).total).toBe(53);
      expect(new Set(await logins()).size).toBe(53);
      const { login } = await context.client.users.get(51996);
      const user = { login, password: 'password' };
      const session = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user };
      expect((await context.send('POST /session', { body: session })).status).toBe(201);
      expect(await rejectionOf(context.client.users.generate(0))).toMatchObject({ status: 422 });
    });

    test('generated users are created all or none', async () => {
      await context.client.users.create({ login: 'user51950', password: 'secret123' });
      expect(await rejectionOf(context.client.users.generate(50))).toMatchObject({ status: 409 });
      expect((await context.client.users.list()).total).toBe(4);
      expect((await context.client.users.create({ login: 'next', password: 'secret123' })).id).toBe(51948);
    });

    test('a session is made without credentials and leaves no trace on its user', async () => {
      const made = await context.client.sessions.create({ user: 'Dacia' });
      expect(made).toMatchObject({ user_id: 51941, token: expect.stringMatching(/^[0-9A-F]{36}$/) });
      expect(Date.parse(made.expires_at) - Date.parse(await context.client.clock.now())).toBeGreaterThan(7190_000);
      expect((await context.client.users.get(51941)).last_request_at ?? null).toBeNull();
      expect((await context.send('GET /users/51943', { token: made.token })).status).toBe(200);
      expect(await context.client.sessions.create({ user: 51943 })).toMatchObject({ user_id: 51943 });
      expect(await context.client.sessions.create()).toMatchObject({ user_id: null });
      expect((await context.client.sessions.create({ app: 22, user: 'Lena' })).token).toMatch(/^[0-9a-f]{40}$/);
      expect(await rejectionOf(context.client.sessions.create({ user: 'nobody' }))).toMatchObject({ status: 404 });
    });

    test('sessions are listed, the newest first', async () => {
      const first = await context.client.sessions.create({ user: 'Dacia' });
      const second = await context.client.sessions.create();
      await context.client.sessions.create({ app: 22, user: 'Lena' });
      const { total, sessions } = await context.client.sessions.list();
      expect(total).toBe(2);
      expect(sessions.map(({ token, user_id, login }) => ({ token, user_id, login }))).toEqual([
        { token: second.token, user_id: null, login: null },
        { token: first.token, user_id: 51941, login: 'Dacia' },
      ]);
      expect(sessions[0]).toMatchObject({ expires_at: second.expires_at });
      expect(await context.client.sessions.list({ limit: 1 })).toMatchObject({
        total: 2,
        sessions: [{ user_id: null }],
      });
      expect(await context.client.sessions.list({ user: 'Dacia' })).toMatchObject({ total: 1 });
      await context.client.clock.advance('2h1m');
      expect(await context.client.sessions.list()).toEqual({ total: 0, sessions: [] });
    });

    test('sessions are ended: one, those of a user, or all', async () => {
      const tokens: string[] = [];
      for (const user of ['Dacia', 'Dacia', 'Dacia', 'gabby', null]) tokens.push(await context.tokenOf(user));
      const alive = async () => {
        const answers = await Promise.all(tokens.map((token) => context.send('GET /users/51941', { token })));
        return answers.map(({ status }) => status);
      };
      expect(await context.client.sessions.expire({ token: tokens[0]! })).toEqual({ expired: 1 });
      expect(await alive()).toEqual([401, 200, 200, 200, 200]);
      expect(await context.client.sessions.expire({ user: 'Dacia' })).toEqual({ expired: 2 });
      expect(await alive()).toEqual([401, 401, 401, 200, 200]);
      expect(await context.client.sessions.expire({ all: true })).toEqual({ expired: 2 });
      expect(await alive()).toEqual([401, 401, 401, 401, 401]);
      expect(await rejectionOf(context.client.sessions.expire({}))).toMatchObject({ status: 422 });
    });
  });

  test('coverage lists endpoints, errors and settings, each with its evidence', async () => {
    const { endpoints, errors, settings, not_emulated } = await context.client.coverage();
    expect(endpoints).toContainEqual(expect.objectContaining({ operation: 'users.show', deprecated: true }));
    expect(errors).toContainEqual(expect.objectContaining({ key: 'session_missing', status: 401 }));
    expect(settings).toContainEqual(expect.objectContaining({ name: 'session_ttl' }));
    for (const row of [...endpoints, ...settings]) expect(row).toMatchObject({ evidence: SOME_EVIDENCE });
    for (const row of errors) expect(row).toMatchObject({ evidence: { rule: SOME_EVIDENCE, wording: SOME_EVIDENCE } });
    expect(errors).toContainEqual(
      expect.objectContaining({
        key: 'too_many_tags',
        dialect: 'quickblox',
        evidence: {
          rule: [
            { source: 'doc', note: 'legacy-users/retrieve-api-users-by-tags' },
            { source: 'guess', note: 'status and shape' },
          ],
          wording: [{ source: 'guess', note: 'unrecorded' }],
        },
      }),
    );
    expect(not_emulated).toContain('/chat');
    const ofOne = { key: 'session_missing', dialect: 'quickblox' };
    expect(errors).toContainEqual(
      expect.objectContaining({ key: 'application_unknown', dialect: 'quickblox', status: 422 }),
    );
    expect(errors).not.toContainEqual(expect.objectContaining(ofOne));
  });

  test('sandboxes are listed while they exist, and start anew after deletion', async () => {
    const { emulator, client } = context;
    await emulator.sandbox('a').users.create({ login: 'mia', password: 'secret123' });
    await sender(`${emulator.url}/sandbox/b`)('GET /users');
    expect(await client.sandboxes.list()).toEqual(expect.arrayContaining(['a', 'b']));
    await client.sandboxes.delete('a');
    expect(await client.sandboxes.list()).not.toContain('a');
    expect((await emulator.sandbox('a').users.list()).total).toBe(3);
    await client.sandboxes.delete('a');
    await client.sandboxes.delete('b');
    expect(await rejectionOf(client.sandboxes.delete('b'))).toMatchObject({ status: 404 });
  });

  test('errors of an input name its field', async () => {
    const { client } = context;
    expect(await rejectionOf(client.reset('nowhere' as 'seed'))).toMatchObject({
      status: 422,
      message: "to: must be 'seed' or 'empty'",
      extensions: { problems: ["to: must be 'seed' or 'empty'"] },
    });
    expect(await rejectionOf(client.snapshot('no/such name'))).toMatchObject({ status: 422 });
    expect(await rejectionOf(client.clock.set('yesterday'))).toMatchObject({
      message: expect.stringContaining('now:'),
    });
    expect(
      await rejectionOf(client.faults.add({ match: { operation: 'users.creat' }, status: 503 } as object)),
    ).toMatchObject({
      message: expect.stringContaining('match.operation: must be one of account_settings, session.create'),
    });
    expect(await rejectionOf(client.faults.add({}))).toMatchObject({
      message: expect.stringContaining('at least one effect'),
    });
  });
});
