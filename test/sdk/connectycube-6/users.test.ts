import { describe, expect, test } from 'vitest';
import type { StubInput } from '../../../src/index.ts';
import { DACIA, GABBY, PALLAVI, refused, useEmulator } from './sdk-world.ts';
import uploads from './uploads.json' with { type: 'json' };

const sdkWorld = useEmulator();
type Client = ReturnType<typeof sdkWorld.createClient>['client'];
type SignUp = Parameters<Client['users']['signup']>[0];

describe('signup', () => {
  test('without a session: the example of the documents', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await sandbox.reset('empty');
    const answer = await client.users.signup({
      login: 'Dacia',
      password: 'petU4or!',
      email: 'dacia_k@domain.com',
      facebook_id: '91234409',
      twitter_id: '83510562734',
      full_name: 'Dacia Kail ',
      phone: '+6110797757',
      timezone: 180,
    });
    const { id, created_at } = answer.user;
    expect(answer).toEqual({
      user: {
        id,
        full_name: 'Dacia Kail',
        email: 'dacia_k@domain.com',
        login: 'Dacia',
        phone: '+6110797757',
        website: null,
        created_at,
        updated_at: created_at,
        last_request_at: null,
        external_user_id: null,
        external_id: null,
        facebook_id: '91234409',
        twitter_id: '83510562734',
        blob_id: null,
        custom_data: null,
        avatar: null,
        user_tags: null,
        timezone: 180,
      },
    });
    expect(await client.createSession(DACIA)).toMatchObject({ user_id: id });
  });

  test("with a session, which stays the application's", async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession();
    const { user } = await client.users.signup({
      email: 'ann@domain.com',
      password: 'secret-7',
      tag_list: ['vip', 'guest'],
      external_id: 'a-1',
      external_user_id: 7,
      custom_data: '{"a":1}',
      website: 'ann.com',
      blob_id: null,
    });
    expect(user).toMatchObject({
      id: 51947,
      login: null,
      email: 'ann@domain.com',
      user_tags: 'vip,guest',
      external_id: 'a-1',
      external_user_id: 7,
      custom_data: '{"a":1}',
      website: 'http://ann.com',
      blob_id: null,
    });
    expect(await client.getSession()).toMatchObject({ user_id: null });
  });

  const good: SignUp = { login: 'ann', password: 'secret-7' };
  test.each<[string, SignUp, unknown]>([
    ['a login that is taken', { ...good, login: 'gabby' }, { base: ['login must be unique'] }],
    ['an email that is taken', { ...good, email: 'dacia_k@domain.com' }, { base: ['email must be unique'] }],
    ['no password', { login: 'ann' } as SignUp, { password: ['cannot be blank'] }],
    ['neither login nor email', { password: 'secret-7' } as SignUp, ["Both user login and email can't be blank"]],
    ['a short password', { ...good, password: 'short' }, { password: ['is too short (minimum is 6 characters)'] }],
    [
      'six tags',
      { ...good, tag_list: ['a', 'b', 'c', 'd', 'e', 'f'] },
      { tag_list: ['The maximum number of tags per user: 5'] },
    ],
  ])('with %s', async (_, user, errors) => {
    const { client } = sdkWorld.createClient();
    await expect(client.users.signup(user)).rejects.toEqual(refused(422, errors));
  });

  test('with a wrong key is refused', async () => {
    const { client } = sdkWorld.createClient();
    await expect(client.users.signup(good, 'wrong')).rejects.toEqual(
      refused(404, { base: ['No application was found'] }),
    );
  });
});

describe('update', () => {
  test('the example of the documents', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(PALLAVI);
    const { user } = await client.users.update({ email: 'pallavi.purushottam@yahoo.com', website: 'pavalli.com.au' });
    expect(user).toMatchObject({
      id: 51943,
      full_name: 'Pallavi Purushottam',
      email: 'pallavi.purushottam@yahoo.com',
      website: 'http://pavalli.com.au',
      created_at: '2018-12-06T09:21:41Z',
      user_tags: 'accountant',
    });
    expect(user.updated_at).not.toBe('2018-12-06T09:21:41Z');
  });

  test('sets tags and clears values', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(GABBY);
    const { user } = await client.users.update({ tag_list: ['lead'], custom_data: null, phone: null });
    expect(user).toMatchObject({ user_tags: 'lead', custom_data: null, phone: null, login: 'gabby' });
  });

  test.each([
    ['a login that is taken', { login: 'Dacia' }, { base: ['login must be unique'] }],
    ['an invalid address', { email: 'nowhere' }, { email: ['should look like an email address.'] }],
    ['a new password alone', { password: 'new-one-7' }, { base: ['old_password is incorrect'] }],
    [
      'a new password and a wrong old one',
      { password: 'new-one-7', old_password: 'guess-77' },
      { base: ['old_password is incorrect'] },
    ],
  ])('with %s', async (_, changes, errors) => {
    const { client } = sdkWorld.createClient();
    await client.createSession(GABBY);
    await expect(client.users.update(changes)).rejects.toEqual(refused(422, errors));
    expect(await client.getSession()).toMatchObject({
      user: { login: 'gabby', email: 'gabrielle.corcoran@domain.com' },
    });
  });

  test('of the password', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(GABBY);
    const changed = { login: 'gabby', password: 'new-one-7' };
    await client.users.update({ password: changed.password, old_password: GABBY.password });
    expect(await client.createSession(changed)).toMatchObject({ user_id: 51946 });
    await expect(client.createSession(GABBY)).rejects.toEqual(refused(401, ['Invalid password']));
  });

  test('of another user is forbidden', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(GABBY);
    client.service.setCurrentUserId(51941);
    await expect(client.users.update({ avatar: 'a' })).rejects.toEqual(
      refused(403, { base: ['You are not owner of this object'] }),
    );
  });
});

describe('delete', () => {
  test('ends the user and its session', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await client.createSession(GABBY);
    expect(await client.users.delete()).toBe('');
    await expect(client.getSession()).rejects.toEqual(refused(401, { base: ['Required session does not exist'] }));
    await sandbox.settings.set({ create_user_on_session: false });
    await expect(client.createSession(GABBY)).rejects.toEqual(refused(404, ['User not found']));
  });

  test('of another user is forbidden', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(GABBY);
    client.service.setCurrentUserId(51941);
    await expect(client.users.delete()).rejects.toEqual(refused(403, { base: ['You are not owner of this object'] }));
  });
});

describe('resetPassword', () => {
  test('sends a link to the outbox, whose page sets the new password', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await client.createSession();
    expect(await client.users.resetPassword('gabrielle.corcoran@domain.com')).toBe('');
    const { link } = await sandbox.outbox.waitFor({ to: 'gabrielle.corcoran@domain.com' });
    expect(link.startsWith(`${sandbox.url}/_emulator/reset-password?application_id=230&token=`)).toBe(true);

    const form = new URLSearchParams({ token: new URL(link).searchParams.get('token')!, password: 'after-reset' });
    expect((await fetch(link, { method: 'POST', body: form })).status).toBe(200);
    expect(await client.createSession({ login: 'gabby', password: 'after-reset' })).toMatchObject({ user_id: 51946 });
  });

  test('of an unknown address, and while it is switched off', async () => {
    const { client, sandbox } = sdkWorld.createClient();
    await client.createSession();
    await expect(client.users.resetPassword('nobody@domain.com')).rejects.toEqual(refused(404, ['User not found']));
    await sandbox.settings.set({ reset_password_by_email: false });
    await expect(client.users.resetPassword('gabrielle.corcoran@domain.com')).rejects.toEqual(
      refused(422, { base: ['Reset password by email is disabled'] }),
    );
  });
});

test('the users who are online, and their number', async () => {
  const { client } = sdkWorld.createClient();
  await client.createSession(DACIA);
  const { users } = await client.users.listOnline({ limit: 5, offset: 0 });
  expect(users.map(({ login }) => login)).toContain('Dacia');
  expect((await client.users.getOnlineCount()).count).toBe(users.length);
});

test('calls that are not emulated report it', async () => {
  const { client } = sdkWorld.createClient();
  await client.createSession(DACIA);
  const missing = (route: string) =>
    refused(501, {
      base: [
        `${route} (address book) is not emulated by users-emulator: to answer it, add a stub ` +
          `(users-emulator stub add '${route}' answer.json); --stub app-boot answers what applications request after the login`,
      ],
    });
  await expect(
    client.addressbook.uploadAddressBook([{ name: 'Ann', phone: '+6192622155' }], { udid: 'd', force: 1 }),
  ).rejects.toEqual(missing('POST /address_book'));
  await expect(client.addressbook.get('d')).rejects.toEqual(missing('GET /address_book'));
  await expect(client.addressbook.getRegisteredUsers(true)).rejects.toEqual(
    missing('GET /address_book/registered_users'),
  );
});

test('an avatar is uploaded to stubs, and shown from its public address', async () => {
  const { client, sandbox } = sdkWorld.createClient();
  const answers = JSON.stringify(uploads.stubs).replace('http://127.0.0.1:4230', sandbox.url);
  for (const stub of JSON.parse(answers) as StubInput[]) await sandbox.stubs.add(stub);
  await client.createSession(DACIA);
  const file = Buffer.from('the picture');
  // the type is that of a browser's file
  const picture = { file, name: 'me.svg', type: 'image/svg+xml', size: file.length, public: true } as never;
  const { uid, name } = await client.storage.createAndUpload(picture);
  expect(name).toBe('me.svg');
  await sandbox.requests.verify({ order: ['POST /blobs', 'POST /uploads', 'PUT /blobs/:id/complete'].map(stubNamed) });
  const shown = await fetch(client.storage.publicUrl(uid));
  expect([shown.status, shown.headers.get('Content-Type')]).toEqual([200, 'image/svg+xml']);
});

const stubNamed = (match: string) => ({ operation: `stub:${match}` as const });
