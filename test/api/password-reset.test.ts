import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { person, SERVICES } from '../support/services.ts';
import { formOf, peopled, type World, worldOf } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await peopled();
});
afterAll(() => emulator.close());

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const submit = (link: string, password: string) => {
  const url = new URL(link);
  const body = formOf({ token: url.searchParams.get('token'), password });
  return fetch(url.origin + url.pathname, { method: 'POST', headers: FORM, body });
};
const loginWith = (world: World, password: string) => world.open({ user: { login: 'anna', password } });

describe.each(SERVICES)('password reset at $name', (service) => {
  const { id, email } = person(service, 'anna');
  const ask = async (world: World, route: string, address: unknown) =>
    world.send(route, { token: await world.tokenOf(null), params: { email: address } });

  test.each(['GET /users/password/reset', 'POST /users/password/reset'])('%s: mail, link, page', async (route) => {
    const world = worldOf(emulator, service);
    expect((await ask(world, route, String(email).toUpperCase())).status).toBe(200);
    const [mail, ...more] = await world.box.outbox.list();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ type: 'password_reset', to: email, created_at: '2026-01-01T00:00:00Z' });
    expect(mail!.link.startsWith(`${world.box.url}/_emulator/reset-password?token=`)).toBe(true);
    expect(mail!.text).toContain(mail!.link);

    const page = await fetch(mail!.link);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form method="post"')]);
    expect((await submit(mail!.link, 'abc')).status).toBe(422);
    expect((await submit(mail!.link, 'resetSecret')).status).toBe(200);
    expect((await loginWith(world, 'resetSecret')).status).toBe(201);
    expectError(await loginWith(world, 'annaSecret1'), service, 'wrong_password');
    // once
    expect((await fetch(mail!.link)).status).toBe(410);
    expect((await submit(mail!.link, 'againSecret')).status).toBe(410);
  });

  test('nothing changes before the page is used; a link lives for a day', async () => {
    const world = worldOf(emulator, service);
    await ask(world, 'GET /users/password/reset', email);
    expect((await loginWith(world, 'annaSecret1')).status).toBe(201);
    const [mail] = await world.box.outbox.list();
    await world.box.clock.advance('24h');
    expect((await submit(mail!.link, 'resetSecret')).status).toBe(410);
    expect((await fetch(`${mail!.link}x`)).status).toBe(404);
  });

  test('of a user who is gone by then', async () => {
    const world = worldOf(emulator, service);
    await ask(world, 'GET /users/password/reset', email);
    await world.box.users.delete(id, { app: service.app.id });
    const [mail] = await world.box.outbox.list();
    expect((await submit(mail!.link, 'resetSecret')).status).toBeLessThan(500);
    expect((await world.box.users.list({ app: service.app.id })).total).toBe(3);
  });

  test.each(['nobody@example.com', 'anna', `${email}x`])('the address %s is nobody’s: no mail', async (address) => {
    const world = worldOf(emulator, service);
    expectError(await ask(world, 'GET /users/password/reset', address), service, 'user_not_found');
    expect(await world.box.outbox.list()).toEqual([]);
  });
});
