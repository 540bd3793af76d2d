import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { bound, CLOSE, connectChat, logIn, OPEN, plain, SUCCESS, streamError } from '../support/chat-client.ts';
import { person, SERVICES } from '../support/services.ts';
import { createPopulated } from '../support/test-sandbox.ts';

const [service] = SERVICES;
const anna = person(service!, 'anna');
const name = `${anna.id}-${service!.app.id}`;
const password = String(anna.password);
const errors: unknown[] = [];
let emulator: Emulator;

beforeAll(async () => {
  emulator = await createPopulated({ onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await emulator.close();
  expect(errors).toEqual([]);
});

test.each([
  ['text', 'hello', 'not-well-formed'],
  ['an unclosed element', '<open', 'not-well-formed'],
  ['elements that overlap', '<a><b></a></b>', 'not-well-formed'],
  ['two elements', `${CLOSE}${CLOSE}`, 'not-well-formed'],
  ['an unknown prefix', '<x:open/>', 'not-well-formed'],
  ['an unknown entity', '<open>&nbsp;</open>', 'not-well-formed'],
  ['a document type', '<!DOCTYPE open><open/>', 'restricted-xml'],
  ['expanding entities', '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>', 'restricted-xml'],
  ['external entities', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'restricted-xml'],
  ['a comment', '<open><!-- --></open>', 'restricted-xml'],
  ['a processing instruction', '<?php ?><open/>', 'restricted-xml'],
  ['deep nesting', '<a>'.repeat(10_000), 'restricted-xml'],
  ['a binary frame', Buffer.from(OPEN), 'not-well-formed'],
  ['a stanza before the login', '<message xmlns="jabber:client"/>', 'not-authorized'],
])('%s ends the connection with a stream error', async (_case, frame, condition) => {
  const client = await connectChat(emulator.chatUrl);
  client.send(frame);
  expect(await client.end()).toEqual({ code: 1000, frames: [streamError(condition), CLOSE] });
});

test('a frame of 64 kB is read, a larger one ends the connection', async () => {
  const client = await bound(emulator.chatUrl, name, password);
  const frame = (size: number) => {
    const [before, after] = ['<iq type="get" id="x"><a>', '</a></iq>'];
    return before + 'x'.repeat(size - before.length - after.length) + after;
  };
  expect(await client.ask(frame(65_536))).toMatch(/^<iq .*type="result" id="x"/);
  client.send(frame(65_537));
  expect((await client.end()).code).toBe(1009);
});

test('other stanzas after the login end the connection', async () => {
  const client = await bound(emulator.chatUrl, name, password);
  client.send('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  expect(await client.end()).toEqual({ code: 1000, frames: [streamError('unsupported-stanza-type'), CLOSE] });
});

test.each([
  ['another mechanism', '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>', 'invalid-mechanism'],
  ['no credentials', '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN"/>', 'malformed-request'],
  ['other credentials', plain('a', 'b\0c'), 'malformed-request'],
])('%s are refused, and the client may try again', async (_case, auth, condition) => {
  const client = await connectChat(emulator.chatUrl);
  await client.ask(OPEN);
  await client.next();
  expect(await client.ask(auth)).toBe(`<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><${condition}/></failure>`);
  expect(await client.ask(plain(name, password))).toBe(SUCCESS);
});

test('a client that never reads is disconnected', async () => {
  const client = await bound(emulator.chatUrl, name, password);
  client.socket.pause();
  let sent = 0;
  const query = `<iq type="get" id="${'x'.repeat(60_000)}"/>`;
  const ended = new Promise((resolve) => client.socket.once('close', resolve));
  while (sent < 500 && client.socket.readyState === client.socket.OPEN) {
    await new Promise<void>((resolve) => client.socket.send(query, () => resolve()));
    sent++;
  }
  client.socket.resume();
  await ended;
  expect(sent).toBeGreaterThan(1);
});

test('a thousand idle connections disturb nobody', async () => {
  const clients = await Promise.all(Array.from({ length: 1000 }, () => connectChat(emulator.chatUrl)));
  const { answer } = await logIn(emulator.chatUrl, name, password);
  expect(answer).toBe(SUCCESS);
  const [response] = await Promise.all([fetch(`${emulator.url}/_emulator/health`)]);
  expect(response.status).toBe(200);
  for (const { socket } of clients) socket.terminate();
});

test('a client that does not log in is disconnected after 15 seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const client = await connectChat(emulator.chatUrl);
    await client.ask(OPEN);
    await client.next();
    await vi.advanceTimersByTimeAsync(14_900);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await vi.advanceTimersByTimeAsync(200);
    vi.useRealTimers();
    expect(await client.end()).toEqual({ code: 1000, frames: [streamError('connection-timeout'), CLOSE] });
  } finally {
    vi.useRealTimers();
  }
});
