import { describe, expect, test, vi } from 'vitest';
import { CREDENTIALS, clientOf, DACIA, GABBY, refused, useEmulator } from './sdk-world.ts';

const sdkWorld = useEmulator();
const NO_SESSION = refused(401, { base: ['Required session does not exist'] });
const TOKEN = /^[0-9A-F]{36}$/;

/** An unsigned JSON web token, as Firebase issues them. */
const webToken = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

describe('createSession', () => {
  test('of the application', async () => {
    const { client } = sdkWorld.createClient();
    const session = await client.createSession();
    expect(session).toEqual({
      application_id: 230,
      user_id: null,
      token: expect.stringMatching(TOKEN),
      id: expect.any(Number),
      ts: expect.any(Number),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: session.created_at,
    });
    expect(await client.getSession()).toEqual(session);
  });

  test.each([
    ['login', DACIA],
    ['email', { email: 'dacia_k@domain.com', password: DACIA.password }],
  ])('of a user, by %s', async (_, credentials) => {
    const { client } = sdkWorld.createClient();
    const session = await client.createSession(credentials);
    expect(session).toMatchObject({ id: 51941, user_id: 51941, application_id: 230 });
    expect(session.user).toMatchObject({ id: 51941, login: 'Dacia', email: 'dacia_k@domain.com' });
    expect(await client.getSession()).toMatchObject({ token: session.token, user: { id: 51941 } });
    expect(await client.users.update({ avatar: 'a' })).toMatchObject({ user: { id: 51941, avatar: 'a' } });
  });

  test('with a wrong password is refused', async () => {
    const { client } = sdkWorld.createClient();
    await expect(client.createSession({ ...DACIA, password: 'wrong-one' })).rejects.toEqual(
      refused(401, ['Invalid password']),
    );
  });

  test('of an unknown login creates that user, unless the application denies it', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    const { user } = await client.createSession({ login: 'newcomer', password: 'secret-7' });
    expect(user).toMatchObject({ login: 'newcomer', id: 51947 });

    await sandbox.settings.set({ create_user_on_session: false });
    await expect(client.createSession({ login: 'stranger', password: 'secret-7' })).rejects.toEqual(
      refused(404, ['User not found']),
    );
  });

  test('of a guest', async () => {
    const { client } = sdkWorld.createClient();
    const { user, user_id } = await client.createSession({ guest: '1', full_name: 'Awesome Smith' });
    expect(user).toMatchObject({ id: user_id, full_name: 'Awesome Smith', is_guest: true });
    expect(user?.login).toMatch(/^guest_login_[0-9A-F]{36}$/);
  });

  test.each([
    ['facebook', { keys: { token: 'EAAB' } }, 'facebook_id'],
    ['twitter', { keys: { token: 'AM46', secret: 's3' } }, 'twitter_id'],
    ['firebase_phone', { firebase_phone: { project_id: 'p', access_token: 'tok' } }, 'phone'],
    ['firebase_email', { firebase_email: { project_id: 'p', access_token: 'tok' } }, 'email'],
  ])('through %s: the same token leads to the same user', async (provider, given, field) => {
    const { client } = sdkWorld.createClient();
    const params = { provider, ...given } as unknown as Parameters<typeof client.createSession>[0];
    const first = await client.createSession(params);
    const second = await client.createSession(params);
    expect(first.user).toMatchObject({ id: 51947, [field]: expect.any(String) });
    expect(second.user_id).toBe(51947);
    expect(second.token).not.toBe(first.token);
  });

  test.each([
    ['firebase_phone', { phone_number: '+6192622155' }],
    ['firebase_email', { email: 'gabrielle.corcoran@domain.com' }],
  ])('through %s finds the user whom the token names', async (provider, claims) => {
    const { client } = sdkWorld.createClient();
    const params = { provider, [provider]: { project_id: 'p', access_token: webToken(claims) } };
    expect((await client.createSession(params)).user).toMatchObject({ login: 'gabby' });
  });

  test('through firebase without its data', async () => {
    const { client } = sdkWorld.createClient();
    await expect(client.createSession({ provider: 'firebase_phone' })).rejects.toEqual(
      refused(422, [
        "Bad Authentication data. Invalid input parameters provided: no 'firebase_phone[access_token]' and 'firebase_phone[project_id]' parameters provided",
      ]),
    );
  });

  test.each([
    ['key', { ...CREDENTIALS, authKey: 'wrong' }],
    ['application', { ...CREDENTIALS, appId: 4711 }],
  ])('with a wrong %s is refused', async (_, credentials) => {
    const { sandbox } = sdkWorld.createClient();
    const client = clientOf(sandbox.url, undefined, credentials);
    await expect(client.createSession()).rejects.toEqual(refused(404, { base: ['No application was found'] }));
  });
});

describe('login and logout', () => {
  test.each([
    ['login', DACIA],
    ['email', { email: 'dacia_k@domain.com', password: DACIA.password }],
  ])("make the session a user's, by %s, and the application's again", async (_, credentials) => {
    const { client } = sdkWorld.createClient();
    const { token } = await client.createSession();
    expect(await client.login(credentials)).toMatchObject({ id: 51941, login: 'Dacia' });
    expect(await client.getSession()).toMatchObject({ token, user_id: 51941 });
    expect(await client.users.update({ timezone: 60 })).toMatchObject({ user: { timezone: 60 } });

    expect(await client.logout()).toBe('');
    expect(await client.getSession()).toMatchObject({ token, user_id: null });
    client.service.setCurrentUserId(51941);
    await expect(client.users.update({ timezone: 90 })).rejects.toEqual(
      refused(403, { base: ['Forbidden. Need user.'] }),
    );
  });

  test('are refused with the reason', async () => {
    const { client } = sdkWorld.createClient();
    await expect(client.login(DACIA)).rejects.toEqual(refused(403, ['Token is required']));
    await client.createSession();
    await expect(client.login({ ...DACIA, password: 'wrong-one' })).rejects.toEqual(refused(401, ['Invalid password']));
    await expect(client.login({ ...DACIA, login: 'stranger' })).rejects.toEqual(refused(404, ['User not found']));
    await expect(client.login({ login: 'Dacia' } as typeof DACIA)).rejects.toEqual(
      refused(422, { password: ['cannot be blank'] }),
    );
  });
});

test('setSession: a token from elsewhere is enough', async () => {
  const { client, sandbox } = sdkWorld.createClient();
  const { token, user_id } = await sandbox.sessions.create({ user: 'gabby' });
  client.setSession({ token, user_id: user_id! });
  expect(await client.users.update({ full_name: 'G. Corcoran' })).toMatchObject({ user: { full_name: 'G. Corcoran' } });
});

test("a client initialised with a token doesn't know its user: its update has no id", async () => {
  const { sandbox } = sdkWorld.createClient();
  const { token } = await sandbox.sessions.create({ user: 'gabby' });
  const client = clientOf(sandbox.url, undefined, { appId: 230, token });
  expect(await client.getSession()).toMatchObject({ user: { login: 'gabby' } });
  await expect(client.users.update({ timezone: 60 })).rejects.toEqual(
    refused(404, { base: ['No route matches PUT /users'] }),
  );
});

test('destroySession: the token is unknown from then on', async () => {
  const { client } = sdkWorld.createClient();
  const session = await client.createSession(GABBY);
  expect(await client.destroySession()).toBeUndefined();
  await expect(client.getSession()).rejects.toEqual(refused(403, ['Token is required']));
  client.setSession(session);
  await expect(client.getSession()).rejects.toEqual(NO_SESSION);
  await expect(client.destroySession()).rejects.toEqual(NO_SESSION);
});

describe('an expired session', () => {
  const later = '2h1m';

  test('starts the hook, which retries with a new one', async () => {
    const { sandbox } = sdkWorld.createClient();
    const hook = vi.fn(async (_, retry) => retry(await client.createSession(GABBY)));
    const client = clientOf(sandbox.url, hook);
    const { token } = await client.createSession(GABBY);
    await sandbox.clock.advance(later);
    expect(await client.users.update({ timezone: 600 })).toMatchObject({ user: { id: 51946, timezone: 600 } });
    expect(hook).toHaveBeenCalledOnce();
    expect(client.service.getSession()?.token).not.toBe(token);
  });

  test('starts the hook for calls whose answer is text', async () => {
    const { sandbox } = sdkWorld.createClient();
    const hook = vi.fn(async (_, retry) => retry(await client.createSession(GABBY)));
    const client = clientOf(sandbox.url, hook);
    await client.createSession(GABBY);
    await sandbox.clock.advance(later);
    expect(await client.users.delete()).toBe('');
    expect(hook).toHaveBeenCalledOnce();
  });

  test("is the call's error if the hook gives up", async () => {
    const { sandbox } = sdkWorld.createClient();
    const client = clientOf(sandbox.url, (giveUp) => giveUp());
    await client.createSession(GABBY);
    await sandbox.clock.advance(later);
    await expect(client.users.get({ login: 'gabby' })).rejects.toEqual(NO_SESSION);
  });

  test("is the call's error without a hook, and on calls about the session itself", async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await client.createSession(GABBY);
    await sandbox.clock.advance(later);
    await expect(client.users.getV2({ id: 51946 })).rejects.toEqual(NO_SESSION);

    const hook = vi.fn();
    const calls = clientOf(sandbox.url, hook);
    await calls.createSession(GABBY);
    await sandbox.clock.advance(later);
    await expect(calls.getSession()).rejects.toEqual(NO_SESSION);
    expect(hook).not.toHaveBeenCalled();
  });

  test('lives on as long as it is used', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await client.createSession(GABBY);
    for (let use = 0; use < 3; use++) {
      await sandbox.clock.advance('1h59m');
      expect(await client.getSession()).toMatchObject({ user_id: 51946 });
    }
  });
});
