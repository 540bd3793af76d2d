import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { formOf } from '../support/http.ts';
import { person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const submit = (link: string, password: string) => {
  const url = new URL(link);
  const body = formOf({ token: url.searchParams.get('token'), password });
  return fetch(url.origin + url.pathname, { method: 'POST', headers: FORM, body });
};
const loginWith = (sandbox: TestSandbox, password: string) =>
  sandbox.openSession({ user: { login: 'anna', password } });

describe.each(SERVICES)('password reset at $name', (service) => {
  const { id, email } = person(service, 'anna');
  const requestReset = async (sandbox: TestSandbox, route: string, address: unknown) =>
    sandbox.send(route, { token: await sandbox.tokenOf(null), params: { email: address } });

  test.each(['GET /users/password/reset', 'POST /users/password/reset'])('%s: mail, link, page', async (route) => {
    const sandbox = createTestSandbox(emulator, service);
    expect((await requestReset(sandbox, route, String(email).toUpperCase())).status).toBe(200);
    const [mail, ...more] = await sandbox.control.outbox.list();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ type: 'password_reset', to: email, created_at: '2026-01-01T00:00:00Z' });
    expect(
      mail!.link.startsWith(`${sandbox.control.url}/_emulator/reset-password?application_id=${service.app.id}&token=`),
    ).toBe(true);
    expect(mail!.text).toContain(mail!.link);

    const page = await fetch(mail!.link);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form method="post"')]);
    expect((await submit(mail!.link, 'abc')).status).toBe(422);
    expect((await submit(mail!.link, 'resetSecret')).status).toBe(200);
    expect((await loginWith(sandbox, 'resetSecret')).status).toBe(201);
    expectError(await loginWith(sandbox, 'annaSecret1'), service, 'wrong_password');
    // a link works once
    expect((await fetch(mail!.link)).status).toBe(410);
    expect((await submit(mail!.link, 'againSecret')).status).toBe(410);
  });

  test('nothing changes before the page is used; a link lives for a day', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await requestReset(sandbox, 'GET /users/password/reset', email);
    expect((await loginWith(sandbox, 'annaSecret1')).status).toBe(201);
    const [mail] = await sandbox.control.outbox.list();
    await sandbox.control.clock.advance('24h');
    expect((await submit(mail!.link, 'resetSecret')).status).toBe(410);
    expect((await fetch(`${mail!.link}x`)).status).toBe(404);
  });

  test('a link of a user deleted since then is refused', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await requestReset(sandbox, 'GET /users/password/reset', email);
    await sandbox.control.users.delete(id, { app: service.app.id });
    const [mail] = await sandbox.control.outbox.list();
    expect((await submit(mail!.link, 'resetSecret')).status).toBeLessThan(500);
    expect((await sandbox.control.users.list({ app: service.app.id })).total).toBe(3);
  });

  test.each(['nobody@example.com', 'anna', `${email}x`])('the unknown address %s gets no mail', async (address) => {
    const sandbox = createTestSandbox(emulator, service);
    expectError(await requestReset(sandbox, 'GET /users/password/reset', address), service, 'user_not_found');
    expect(await sandbox.control.outbox.list()).toEqual([]);
  });
});
