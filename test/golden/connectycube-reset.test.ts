import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { type Example, readExamples } from './examples.ts';
import { openSession } from './session.ts';

/** doc: "User whose email was specified in the requests receives an email immidiately with a reset link". */
const { request } = readExamples('connectycube.md').find(({ name }) => name === 'Reset User password by email')!;
const OLD = 'petU4or!';
const NEW = 'forgotten2';

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget({ seed: true, settings: { create_user_on_session: false } });
});
afterAll(() => emulator.close());
needsControlPlane();
beforeEach(async () => {
  await emulator.reset();
  await openSession(emulator);
});

function logIn(password: string): Promise<Answer> {
  const user = { login: 'Dacia', password };
  return rawRequest(emulator.url, {
    method: 'POST',
    path: '/session',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ application_id: 230, auth_key: '29WfrNWdvkhmX6V', user }),
  });
}

/** Opens the page behind a link, fills in the form and submits it, as a browser does. */
async function fillIn(link: string, password: string): Promise<Answer> {
  const page = await rawRequest(link, { method: 'GET', path: '' });
  expect(page.headers.get('content-type')).toContain('text/html');
  const [, action] = /<form method="post" action="([^"]+)"/.exec(page.text)!;
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]+)"/g)];
  const fields = new URLSearchParams({ password });
  for (const [, name, value] of hidden) fields.set(name!, value!);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return rawRequest(new URL(action!, link).href, { method: 'POST', path: '', headers, body: String(fields) });
}

test('a mail with a link, a page behind the link, a new password', async () => {
  expect((await logIn(OLD)).status).toBe(201);
  const answer = await rawRequest(emulator.url, request);
  expect([answer.status, answer.text]).toEqual([200, '']);

  const mail = await emulator.outbox.waitFor({ to: 'dacia_k@domain.com' });
  expect(mail).toMatchObject({ type: 'password_reset', to: 'dacia_k@domain.com' });
  expect(mail.text).toContain(mail.link);
  expect(mail.html).toContain(mail.link.replace('&', '&amp;'));
  expect((await logIn(OLD)).status).toBe(201);

  expect((await fillIn(mail.link, NEW)).status).toBe(200);
  expect((await logIn(NEW)).status).toBe(201);
  expect((await logIn(OLD)).status).toBe(401);
});

test('the outbox has the same mail over HTTP', async () => {
  await rawRequest(emulator.url, request);
  const { text } = await rawRequest(emulator.url, { method: 'GET', path: '/_emulator/outbox?to=dacia_k@domain.com' });
  expect(JSON.parse(text).items).toEqual(await emulator.outbox.list());
  expect(JSON.parse(text).items).toHaveLength(1);
});

/** The other forms of the request. sdk: the JavaScript SDK posts JSON since version 4. */
const FORMS: readonly Example['request'][] = [
  { ...request, path: '/users/password/reset.json' },
  { ...request, path: '/users/password/reset?email=Dacia_K%40domain.com', body: undefined },
  {
    method: 'POST',
    path: '/users/password/reset.json',
    headers: { ...request.headers, 'Content-Type': 'application/json' },
    body: '{"email":"dacia_k@domain.com"}',
  },
];

test.each(FORMS)('$method $path $body', async (form) => {
  expect((await rawRequest(emulator.url, form)).status).toBe(200);
  expect(await emulator.outbox.list()).toHaveLength(1);
});

test('an unknown address: 404 and no mail', async () => {
  const answer = await rawRequest(emulator.url, { ...request, body: 'email=nobody@domain.com' });
  expect(answer.status).toBe(404);
  expect(await emulator.outbox.list()).toEqual([]);
});

test('a link works once', async () => {
  await rawRequest(emulator.url, request);
  const { link } = await emulator.outbox.waitFor();
  await fillIn(link, NEW);
  expect((await rawRequest(link, { method: 'GET', path: '' })).status).toBe(410);
});
