import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import {
  clickButton,
  confirm,
  describeConsole,
  emulator,
  ignoreTroubles,
  open,
  page,
  rowOf,
  send,
  startEmulator,
  VIEWS,
  waitForText,
} from './console-page.ts';

const folder = temporaryFolder();

describeConsole('the console in a browser', () => {
  test('users are listed, searched, created, changed and deleted', async () => {
    await open('users');
    await waitForText('3 users');
    await page.getByLabel('Search').fill('corc');
    await waitForText('1 user');
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByLabel('Search').fill('');

    await clickButton('New user');
    await page.getByLabel('login').fill('mia');
    await clickButton('Create');
    await waitForText('password: cannot be blank');
    await page.getByLabel('password').fill('secret123');
    await page.getByLabel('user_tags').fill('vip');
    await clickButton('Create');
    await waitForText('4 users');
    const [mia] = (await emulator.users.list({ search: 'mia' })).users;
    expect(mia).toMatchObject({ login: 'mia', user_tags: 'vip', has_password: true });

    await rowOf('mia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('full_name').fill('Mia Wong');
    await page.getByLabel('user_tags').fill('');
    await clickButton('Save');
    await rowOf('Mia Wong').waitFor();
    const changed = await emulator.users.get(mia!.id);
    expect(changed).toMatchObject({ login: 'mia', full_name: 'Mia Wong' });
    expect(changed.user_tags).toBeUndefined();

    await rowOf('mia').getByRole('button', { name: 'Delete' }).click();
    await confirm('Delete');
    await waitForText('3 users');
    expect((await emulator.users.list()).total).toBe(3);

    await page.getByLabel('Application').selectOption('22');
    await waitForText('6 users');
    ignoreTroubles('422');
  });

  test('a new token is copied, and works', async () => {
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Token' }).click();
    await waitForText('Token copied');
    const token = (await page.evaluate('navigator.clipboard.readText()')) as string;
    expect((await send('GET /users/51941', token)).status).toBe(200);
  });

  test('many users are paged', async () => {
    await open('users');
    await clickButton('Generate users');
    await page.getByLabel('How many').fill('60');
    await clickButton('Generate');
    await waitForText('63 users');
    expect(await page.getByRole('row').count()).toBe(51);
    await clickButton('Next');
    await rowOf('user52006').waitFor();
    expect(await page.getByRole('row').count()).toBe(14);
  });

  test('requests appear without a reload, newest first, and can be filtered', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await open('requests');
    await waitForText('No requests yet.');
    await send('GET /users/51941', token);
    await send('GET /users', token);
    await rowOf('users.list').waitFor();
    expect(await page.getByRole('row').nth(1).textContent()).toContain('403');
    await page.getByLabel('errors only').check();
    expect(await rowOf('users.show').count()).toBe(0);
    await page.getByLabel('errors only').uncheck();
    await page.getByLabel('Filter').fill('51941 users.show');
    expect(await page.getByRole('row').count()).toBe(2);
    await rowOf('users.show').getByRole('button', { name: 'Details' }).click();
    await page.getByRole('complementary').getByText('"login": "Dacia"').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('complementary').count()).toBe(0);
    await clickButton('Clear');
    await confirm('Clear');
    await waitForText('No requests yet.');
    expect(await emulator.requests.list()).toEqual([]);
  });

  test('a mail is read, and its link opened', async () => {
    const { token } = await emulator.sessions.create();
    await open('outbox');
    await waitForText('No mails');
    await send('GET /users/password/reset?email=dacia_k@domain.com', token);
    await page.getByRole('button', { name: 'password reset' }).click();
    await waitForText('Dear Dacia Kail!');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Open link' }).click(),
    ]);
    await popup.getByLabel('New password').waitFor();
    await clickButton('Clear');
    await confirm('Clear');
    await waitForText('No mails');
  });

  test('settings are switched and typed; a refused value is reset', async () => {
    await open('settings');
    await page.getByLabel('disable_list_users_v1').uncheck();
    await waitForText('disable_list_users_v1 is false');
    expect(await emulator.settings.get()).toMatchObject({ disable_list_users_v1: false });
    const ttl = page.getByLabel('session_ttl');
    await ttl.fill('60');
    await ttl.blur();
    await waitForText('session_ttl is 60');
    await ttl.fill('soon');
    await ttl.blur();
    await waitForText(/'session_ttl' is a whole number/);
    expect(await ttl.inputValue()).toBe('60');
    expect(await emulator.settings.get({ app: 22 })).toMatchObject({ session_ttl: 7200 });
    ignoreTroubles('422');
  });

  test('the clock is frozen, advanced, set and resumed', async () => {
    await open('clock');
    await clickButton('Freeze');
    await waitForText('frozen');
    await emulator.clock.set('2026-01-01T00:00:00Z');
    await waitForText('2026-01-01 00:00:00 UTC');
    await clickButton('+2h1m');
    await waitForText('2026-01-01 02:01:00 UTC');
    await page.getByLabel('Duration').fill('-1d');
    await clickButton('Advance');
    await waitForText('2025-12-31 02:01:00 UTC');
    await page.getByLabel('Time, UTC').fill('2030-05-05T05:05:05');
    await clickButton('Set');
    await waitForText('2030-05-05 05:05:05 UTC');
    await clickButton('Resume');
    await waitForText('running');
    expect(await emulator.clock.get()).toMatchObject({ frozen: false });
  });

  test('a fault is added, takes effect, and is removed', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await open('faults');
    await page.getByLabel('Operation').selectOption('users.show');
    await page.getByLabel('Status').fill('503');
    await page.getByRole('spinbutton', { name: 'Times' }).fill('3');
    await clickButton('Add');
    await rowOf('users.show').waitFor();
    expect(await emulator.faults.list()).toMatchObject([{ match: { operation: 'users.show' }, status: 503, times: 3 }]);
    expect((await send('GET /users/51941', token)).status).toBe(503);
    await waitForText('1 of 1');
    await clickButton('Remove all');
    await confirm('Remove');
    await waitForText('No faults');
    expect(await emulator.faults.list()).toEqual([]);
  });

  test('the overview resets everything to the seed, after a question', async () => {
    await emulator.users.create({ login: 'mia', password: 'secret123' });
    await open('overview');
    await clickButton('Reset…');
    await confirm('Reset');
    await waitForText('Reset done');
    expect((await emulator.users.list()).users.map(({ login }) => login)).toEqual(['Dacia', 'ppavalli', 'gabby']);
  });

  test('snapshots, reset, export and import work', async () => {
    await open('snapshots');
    await page.getByLabel('Name').fill('before');
    await clickButton('Save');
    await rowOf('before').waitFor();
    await clickButton('To no users');
    await clickButton('Reset');
    await expect.poll(async () => (await emulator.users.list()).total).toBe(0);
    await clickButton('Restore before');
    await confirm('Restore');
    await expect.poll(async () => (await emulator.users.list()).total).toBe(3);
    const [download] = await Promise.all([page.waitForEvent('download'), clickButton('Export')]);
    const file = join(folder, 'export.json');
    await download.saveAs(file);
    expect(JSON.parse(readFileSync(file, 'utf8')).applications).toHaveLength(2);
    await emulator.reset('empty');
    await page.getByLabel('Import').setInputFiles(file);
    await confirm('Replace');
    await waitForText('was imported');
    expect((await emulator.users.list()).total).toBe(3);
    await clickButton('Delete before');
    await confirm('Delete');
    await waitForText('No snapshots.');
  });

  test('choosing a sandbox shows another state', async () => {
    await open('sandboxes');
    await page.getByLabel('Name').fill('w1');
    await clickButton('Open');
    await page.waitForURL('**/sandbox/w1/_emulator/console#sandboxes');
    await page.locator('nav').getByRole('link', { name: 'Users' }).click();
    await waitForText('3 users');
    await rowOf('Dacia').getByRole('button', { name: 'Delete' }).click();
    await confirm('Delete');
    await waitForText('2 users');
    expect((await emulator.sandbox('w1').users.list()).total).toBe(2);
    expect((await emulator.users.list()).total).toBe(3);
  });

  test("users' names are never parsed as HTML", async () => {
    const name = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await emulator.users.create({ login: 'mallory', password: 'secret123', email: 'm@example.com', full_name: name });
    const { token } = await emulator.sessions.create();
    await send('GET /users/password/reset?email=m@example.com', token);
    await open('users');
    await waitForText(name);
    await open('outbox');
    await page.getByRole('button', { name: 'password reset' }).click();
    await waitForText(`Dear ${name}!`);
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(await page.title()).toContain('Outbox');
  });

  test('the console asks for the admin token until it is right', async () => {
    const guarded = await startEmulator({ seed: true, adminToken: 'open-sesame' });
    await open('users', guarded.url);
    for (const token of ['wrong', 'open-sesame']) {
      await page.getByLabel('Token', { exact: true }).fill(token);
      await clickButton('Use token');
    }
    await waitForText('3 users');
    await page.reload();
    await waitForText('3 users');
    ignoreTroubles('401', guarded.url);
  });

  test('views have titles, links can be reached by keyboard, and a stopped emulator is reported', async () => {
    const other = await createEmulator({ seed: true });
    await open('clock', other.url);
    await waitForText('running');
    for (const view of VIEWS) {
      await page.locator('nav').getByRole('link', { name: view }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      expect(await page.locator('nav [aria-current=page] span').textContent()).toBe(view);
    }
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('input, select, button')].filter((each) => !each.labels?.length && !each.ariaLabel && !each.textContent).length`,
    );
    expect(unnamed).toBe(0);
    await page.locator('nav').getByRole('link', { name: 'Requests' }).click();
    await other.close();
    await waitForText('The emulator does not answer');
    ignoreTroubles('ERR_', other.url);
  });
});
