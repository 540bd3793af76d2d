import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import {
  bound,
  CLOSE,
  connectChat,
  FEATURES,
  logIn,
  NOT_AUTHORIZED,
  OPEN,
  plain,
  SUCCESS,
} from '../support/chat-client.ts';
import { person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

/** Where the chat of a sandbox answers. */
const chatOf = ({ control }: TestSandbox) => control.url.replace('http', 'ws');

for (const service of SERVICES) {
  describe(service.name, () => {
    const anna = person(service, 'anna').id;
    const name = `${anna}-${service.app.id}`;
    const open = () => createTestSandbox(emulator, service);
    const journal = async ({ control }: TestSandbox) =>
      (await control.requests.list({ operation: 'chat.connect' })).map(({ status, errors, user_id, application }) => ({
        status,
        errors,
        user_id,
        application,
      }));

    test('the password of a user opens the chat', async () => {
      const sandbox = open();
      const { answer } = await logIn(chatOf(sandbox), name, String(person(service, 'anna').password));
      expect(answer).toBe(SUCCESS);
      expect(await journal(sandbox)).toEqual([{ status: 101, errors: [], user_id: anna, application: service.app.id }]);
    });

    test('the token of a session opens the chat, and the connection ends at log-out', async () => {
      const sandbox = open();
      const token = await sandbox.tokenOf('anna');
      const client = await logIn(chatOf(sandbox), name, token);
      expect(client.answer).toBe(SUCCESS);
      await sandbox.send('DELETE /login', { token });
      expect(await client.end()).toEqual({ code: 1000, frames: [CLOSE] });
    });

    test.each([
      ['a wrong password', 'wrong_password', async () => ({ password: 'wrong' })],
      ['an unknown user', 'user_not_found', async () => ({ name: `99999-${service.app.id}` })],
      ['an unknown application', 'application_unknown', async () => ({ name: `${anna}-4711` })],
      ['a name of another form', 'application_unknown', async () => ({ name: 'anna' })],
      ["another user's token", 'session_missing', async (box: TestSandbox) => ({ password: await box.tokenOf('ben') })],
      [
        "the application's token",
        'session_missing',
        async (box: TestSandbox) => ({ password: await box.tokenOf(null) }),
      ],
      [
        'an expired token',
        'session_missing',
        async (box: TestSandbox) => {
          const password = await box.tokenOf('anna');
          await box.control.clock.advance('3h');
          return { password };
        },
      ],
      [
        'the token of a session that was destroyed',
        'session_missing',
        async (box: TestSandbox) => {
          const password = await box.tokenOf('anna');
          await box.send('DELETE /session', { token: password });
          return { password };
        },
      ],
      [
        'the token of a user who was deleted',
        'user_not_found',
        async (box: TestSandbox) => {
          const password = await box.tokenOf('anna');
          await box.control.users.delete(anna, { app: service.app.id });
          return { password };
        },
      ],
    ])('%s is refused', async (_case, reason, prepare) => {
      const sandbox = open();
      const given: { name?: string; password?: string } = await prepare(sandbox);
      const client = await logIn(chatOf(sandbox), given.name ?? name, given.password ?? 'x');
      expect(client.answer).toBe(NOT_AUTHORIZED);
      expect(await client.end()).toEqual({ code: 1000, frames: [CLOSE] });
      expect(await journal(sandbox)).toMatchObject([{ status: 401, errors: [reason] }]);
    });
  });
}

const [cube] = SERVICES;
const anna = person(cube!, 'anna').id;
const name = `${anna}-${cube!.app.id}`;
const open = () => createTestSandbox(emulator, cube!);

test('a stream from its opening to its end', async () => {
  const sandbox = open();
  const client = await connectChat(chatOf(sandbox));
  expect(client.socket.protocol).toBe('xmpp');
  const opening =
    /^<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="chat.example.com" id="chat-\d+" version="1.0" xml:lang="en"\/>$/;
  expect(await client.ask(OPEN)).toMatch(opening);
  expect(await client.next()).toBe(FEATURES);
  expect(await client.ask(plain(name, await sandbox.tokenOf('anna')))).toBe(SUCCESS);
  expect(await client.ask(OPEN)).toMatch(opening);
  expect(await client.next()).toBe(
    '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/><sm xmlns="urn:xmpp:sm:3"/></stream:features>',
  );
  const jid = `${name}@chat.example.com/&lt;r1`;
  expect(
    await client.ask(
      '<iq xmlns="jabber:client" type="set" id="b1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>&lt;r1</resource></bind></iq>',
    ),
  ).toBe(
    `<iq xmlns="jabber:client" type="result" id="b1" to="${jid}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${jid}</jid></bind></iq>`,
  );
  expect(
    await client.ask(
      '<iq xmlns="jabber:client" type="set" id="s1"><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></iq>',
    ),
  ).toBe(`<iq xmlns="jabber:client" type="result" id="s1" to="${jid}"></iq>`);
  expect(await client.ask('<enable xmlns="urn:xmpp:sm:3"/>')).toBe('<enabled xmlns="urn:xmpp:sm:3"/>');
  expect(await client.ask('<presence xmlns="jabber:client"/>')).toBe(
    `<presence xmlns="jabber:client" from="${jid}" to="${jid}"/>`,
  );
  expect(await client.ask('<iq type="get" id="r1"><query xmlns="jabber:iq:roster"/></iq>')).toBe(
    `<iq xmlns="jabber:client" type="result" id="r1" to="${jid}"><query xmlns="jabber:iq:roster"/></iq>`,
  );
  expect(await client.ask('<iq type="get" id="p1" to="chat.example.com"><ping xmlns="urn:xmpp:ping"/></iq>')).toBe(
    `<iq xmlns="jabber:client" type="result" id="p1" from="chat.example.com" to="${jid}"></iq>`,
  );
  client.send('<message to="1-2@chat.example.com" type="chat" id="m1"><body>Hi</body></message>');
  client.send('<iq type="result" id="x"/>');
  expect(await client.ask('<r xmlns="urn:xmpp:sm:3"/>')).toBe('<a xmlns="urn:xmpp:sm:3" h="5"/>');
  expect(await client.ask('<resume xmlns="urn:xmpp:sm:3" previd="x" h="1"/>')).toBe(
    '<failed xmlns="urn:xmpp:sm:3"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>',
  );
  const pong = new Promise((resolve) => client.socket.once('pong', resolve));
  client.socket.ping();
  await pong;
  client.send(CLOSE);
  expect(await client.end()).toEqual({ code: 1000, frames: [CLOSE] });
});

test.each<[string, (sandbox: TestSandbox, token: string) => Promise<unknown>]>([
  ['its session is destroyed', ({ send }, token) => send('DELETE /session', { token })],
  ['its session expires', ({ control }) => control.clock.advance('3h')],
  ['its sessions are ended by hand', ({ control }) => control.sessions.expire({ user: anna })],
  ['its user is deleted', ({ control }) => control.users.delete(anna)],
  ['the sandbox is reset', ({ control }) => control.reset()],
  ['the sandbox is deleted', ({ control }) => emulator.sandboxes.delete(control.url.replace(/.*\//, ''))],
])('a connection ends when %s', async (_case, act) => {
  const sandbox = open();
  const token = await sandbox.tokenOf('anna');
  const client = await bound(chatOf(sandbox), name, token);
  await act(sandbox, token);
  expect(await client.end()).toEqual({ code: 1000, frames: [CLOSE] });
});

test('a user who is connected is online', async () => {
  const sandbox = open();
  const token = await sandbox.tokenOf(null);
  const online = async () =>
    (await sandbox.send('GET /users/online', { token })).json.users.map(({ login }: { login: string }) => login);
  expect(await online()).toEqual([]);
  const client = await bound(chatOf(sandbox), name, String(person(cube!, 'anna').password));
  expect(await online()).toEqual(['anna']);
  client.send(CLOSE);
  await client.end();
  await expect.poll(online).toEqual([]);
});
