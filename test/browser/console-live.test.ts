import { expect, test } from 'vitest';
import {
  clickButton,
  describeConsole,
  emulator,
  focused,
  open,
  openTab,
  page,
  rowOf,
  send,
  waitForText,
} from './console-page.ts';

const mailTo = async (email: string) => {
  const { token } = await emulator.sessions.create();
  await send(`GET /users/password/reset?email=${email}`, token);
};

/** Lets the page believe that nobody sees it, or that somebody does. */
const setHidden = (hidden: boolean) =>
  page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
    document.dispatchEvent(new Event('visibilitychange'))`);

describeConsole('the console is live', () => {
  test('while nothing happens, it sends nothing, and its clock goes on', async () => {
    await emulator.clock.set('2030-01-01T00:00:00Z');
    await openTab();
    await page.clock.install();
    await open('clock');
    await waitForText('2030-01-01 00:00:');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    // what the page reads first may still be on its way
    await expect
      .poll(async () => {
        sent.length = 0;
        await page.clock.runFor(600_000);
        return sent;
      })
      .toEqual([]);
    await waitForText(/2030-01-01 0\d:[1-5]0:/);
    await emulator.clock.freeze('2031-01-01T00:00:00Z');
    await waitForText('2031-01-01 00:00:00');
    await page.clock.runFor(5000);
    await waitForText('2031-01-01 00:00:00');
  });

  test('a page that nobody sees has no connection, and catches up', async () => {
    await open('users');
    await waitForText('3 users');
    const closed = page.waitForEvent('requestfailed', (request) => request.url().includes('/events'));
    await setHidden(true);
    await closed;
    await emulator.users.create({ login: 'mia', password: 'secret123' });
    await setHidden(false);
    await rowOf('mia').waitFor();
  });

  test('requests that arrive leave the focus, the selected text and open details alone', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await send('GET /users/51941', token);
    await open('requests');
    const first = page.getByRole('button', { name: 'Details of GET /users/51941' });
    await first.press('Enter');
    await page.getByRole('complementary').waitFor();
    await first.focus();
    await page.evaluate(`getSelection().selectAllChildren(document.querySelector('td code'))`);
    const selected = await page.evaluate('getSelection().toString()');
    await send('GET /users/by_login?login=fresh');
    await waitForText('login=fresh');
    expect(await focused()).toBe('Details of GET /users/51941');
    expect(await page.evaluate('getSelection().toString()')).toBe(selected);
    expect(await page.getByRole('complementary').count()).toBe(1);
  });

  test('a mail that arrives leaves the open one open', async () => {
    await mailTo('dacia_k@domain.com');
    await open('outbox');
    await page.getByRole('button', { name: 'dacia_k@domain.com' }).click();
    await page.getByRole('button', { name: 'HTML' }).click();
    await mailTo('pavallip@domain.com');
    await page.getByRole('button', { name: 'pavallip@domain.com' }).waitFor();
    await page.getByRole('complementary').getByText('To dacia_k@domain.com').waitFor();
    expect(await page.getByRole('button', { name: 'HTML' }).getAttribute('aria-pressed')).toBe('true');
    expect(await focused()).toBe('HTML');
  });

  test('users that sign up or change appear, and typed text and the focus stay', async () => {
    await open('users');
    await waitForText('3 users');
    await page.getByRole('button', { name: 'Edit Dacia' }).focus();
    await emulator.users.create({ login: 'fromapp', password: 'secret123' });
    await rowOf('fromapp').waitFor();
    expect(await focused()).toBe('Edit Dacia');
    await clickButton('New user');
    await page.getByLabel('login').fill('half typ');
    await emulator.users.update(51941, { full_name: 'Dacia the Great' });
    await page.getByText('Dacia the Great').waitFor();
    expect(await page.getByLabel('login').inputValue()).toBe('half typ');
  });

  test('sessions, settings, faults, stubs, snapshots and sandboxes appear when they are made elsewhere', async () => {
    await open('sessions');
    await waitForText('No sessions');
    await emulator.sessions.create({ user: 'Dacia' });
    await rowOf('Dacia').waitFor();
    await emulator.clock.advance('3h');
    await waitForText('No sessions');
    await open('settings');
    expect(await page.getByLabel('disable_list_users_v1').isChecked()).toBe(true);
    await emulator.settings.set({ disable_list_users_v1: false });
    await expect.poll(() => page.getByLabel('disable_list_users_v1').isChecked()).toBe(false);
    await open('faults');
    await waitForText('No faults');
    const { id } = await emulator.faults.add({ status: 418, times: 1 });
    await rowOf('status 418').waitFor();
    await emulator.faults.remove(id);
    await waitForText('No faults');
    await open('stubs');
    await waitForText('No stubs');
    await emulator.stubs.add({ match: 'GET /chat/Dialog', json: {} });
    await rowOf('/chat/Dialog').waitFor();
    await open('snapshots');
    await waitForText('No snapshots');
    await emulator.snapshot('elsewhere');
    await rowOf('elsewhere').waitFor();
    await open('sandboxes');
    await emulator.sandbox('from-a-test').users.list();
    await rowOf('from-a-test').waitFor();
    await emulator.reset();
    await open('stubs');
    await waitForText('No stubs');
  });

  test('1,000 requests at once are all counted; the newest 200 are rows, the others a click away', async () => {
    await open('requests');
    await waitForText('No requests yet.');
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    for (let at = 0; at < 100; at++)
      await Promise.all(Array.from({ length: 10 }, (_, each) => send(`GET /users/${at * 10 + each}`, token)));
    const last = (await emulator.requests.list()).at(-1)!;
    await waitForText('200 of 1000 requests');
    await page.locator('#request-1000').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(200);
    expect(await page.locator('tbody tr code').first().textContent()).toBe(`GET ${last.path}`);
    expect(await page.locator('nav a', { hasText: 'Requests' }).textContent()).toBe('Requests1,000');
    await clickButton('Show more');
    await waitForText('400 of 1000 requests');
    await clickButton('Pause');
    await send('GET /users/1', token);
    await clickButton('Continue');
    await page.locator('#request-1001').waitFor();
  });
});
