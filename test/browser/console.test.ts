import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { agree, describeConsole, emulator, expected, open, page, press, rowOf, see, send } from './console-page.ts';

const folder = temporaryFolder();

describeConsole('the console in a browser', () => {
  test('users are listed, searched, created, changed and deleted', async () => {
    await open('users');
    await see('3 users');
    await page.getByLabel('Search').fill('corc');
    await see('1 user');
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByLabel('Search').fill('');

    await press('New user');
    await page.getByLabel('login').fill('mia');
    await press('Create');
    await see('password: cannot be blank');
    await page.getByLabel('password').fill('secret123');
    await page.getByLabel('user_tags').fill('vip');
    await press('Create');
    await see('4 users');
    const [mia] = (await emulator.users.list({ search: 'mia' })).users;
    expect(mia).toMatchObject({ login: 'mia', user_tags: 'vip', has_password: true });

    await rowOf('mia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('full_name').fill('Mia Wong');
    await page.getByLabel('user_tags').fill('');
    await press('Save');
    await rowOf('Mia Wong').waitFor();
    const changed = await emulator.users.get(mia!.id);
    expect(changed).toMatchObject({ login: 'mia', full_name: 'Mia Wong' });
    expect(changed.user_tags).toBeUndefined();

    await rowOf('mia').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await see('3 users');
    expect((await emulator.users.list()).total).toBe(3);

    await page.getByLabel('Application').selectOption('22');
    await see('6 users');
    expected('422');
  });

  test('a new token is copied, and works', async () => {
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Token' }).click();
    await see('Token copied');
    const token = (await page.evaluate('navigator.clipboard.readText()')) as string;
    expect((await send('GET /users/51941', token)).status).toBe(200);
  });

  test('many users are paged', async () => {
    await open('users');
    await press('Generate users');
    await page.getByLabel('How many').fill('60');
    await press('Generate');
    await see('63 users');
    expect(await page.getByRole('row').count()).toBe(51);
    await press('Next');
    await rowOf('user52006').waitFor();
    expect(await page.getByRole('row').count()).toBe(14);
  });

  test('requests appear without a reload, newest first, and can be filtered', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await open('requests');
    await see('No requests yet.');
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
    await see('"status": 200');
    await page.keyboard.press('Escape');
    await press('Clear');
    await agree('Clear');
    await see('No requests yet.');
    expect(await emulator.requests.list()).toEqual([]);
  });

  test('a mail is read, and its link opened', async () => {
    const { token } = await emulator.sessions.create();
    await open('outbox');
    await see('No mails');
    await send('GET /users/password/reset?email=dacia_k@domain.com', token);
    await page.getByText('Show text').click();
    await see('Hello Dacia Kail');
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByText('Open link').click()]);
    await popup.getByLabel('New password').waitFor();
    await press('Clear');
    await agree('Clear');
    await see('No mails');
  });

  test('settings are switched and typed; a refused value is reset', async () => {
    await open('settings');
    await page.getByLabel('disable_list_users_v1').uncheck();
    await see('disable_list_users_v1 is false');
    expect(await emulator.settings.get()).toMatchObject({ disable_list_users_v1: false });
    const ttl = page.getByLabel('session_ttl');
    await ttl.fill('60');
    await ttl.blur();
    await see('session_ttl is 60');
    await ttl.fill('soon');
    await ttl.blur();
    await see(/'session_ttl' is a whole number/);
    expect(await ttl.inputValue()).toBe('60');
    expect(await emulator.settings.get({ app: 22 })).toMatchObject({ session_ttl: 7200 });
    expected('422');
  });

  test('the clock is frozen, advanced, set and resumed', async () => {
    await open('clock');
    await press('Freeze');
    await see('frozen');
    await emulator.clock.set('2026-01-01T00:00:00Z');
    await see('2026-01-01 00:00:00 UTC');
    await press('+2h1m');
    await see('2026-01-01 02:01:00 UTC');
    await page.getByLabel('Duration').fill('-1d');
    await press('Advance');
    await see('2025-12-31 02:01:00 UTC');
    await page.getByLabel('Time, UTC').fill('2030-05-05T05:05:05');
    await press('Set');
    await see('2030-05-05 05:05:05 UTC');
    await press('Resume');
    await see('running');
    expect(await emulator.clock.get()).toMatchObject({ frozen: false });
  });

  test('a fault is added, takes effect, and is removed', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await open('faults');
    await page.getByLabel('Operation').selectOption('users.show');
    await page.getByLabel('Status').fill('503');
    await page.getByRole('spinbutton', { name: 'Times' }).fill('3');
    await press('Add');
    await rowOf('users.show').waitFor();
    expect(await emulator.faults.list()).toMatchObject([{ match: { operation: 'users.show' }, status: 503, times: 3 }]);
    expect((await send('GET /users/51941', token)).status).toBe(503);
    await see('1 of 1');
    await press('Remove all');
    await agree('Remove');
    await see('No faults');
    expect(await emulator.faults.list()).toEqual([]);
  });

  test('snapshots, reset, export and import work', async () => {
    await open('state');
    await page.getByLabel('Name').fill('before');
    await press('Save');
    await rowOf('before').waitFor();
    await press('To no users');
    await press('Reset');
    await expect.poll(async () => (await emulator.users.list()).total).toBe(0);
    await press('Restore before');
    await agree('Restore');
    await expect.poll(async () => (await emulator.users.list()).total).toBe(3);
    const [download] = await Promise.all([page.waitForEvent('download'), press('Export')]);
    const file = join(folder, 'export.json');
    await download.saveAs(file);
    expect(JSON.parse(readFileSync(file, 'utf8')).applications).toHaveLength(2);
    await emulator.reset('empty');
    await page.getByLabel('Import').setInputFiles(file);
    await agree('Replace');
    await see('was imported');
    expect((await emulator.users.list()).total).toBe(3);
    await press('Delete before');
    await agree('Delete');
    await see('No snapshots.');
  });

  test('choosing a sandbox shows another state', async () => {
    await open('users');
    await page.getByLabel('Sandbox').fill('w1');
    await press('Open');
    await page.waitForURL('**/sandbox/w1/_emulator/console#users');
    await see('3 users');
    await rowOf('Dacia').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await see('2 users');
    expect((await emulator.sandbox('w1').users.list()).total).toBe(2);
    expect((await emulator.users.list()).total).toBe(3);
  });

  test("users' names are never parsed as HTML", async () => {
    const name = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await emulator.users.create({ login: 'mallory', password: 'secret123', email: 'm@example.com', full_name: name });
    const { token } = await emulator.sessions.create();
    await send('GET /users/password/reset?email=m@example.com', token);
    await open('users');
    await see(name);
    await open('outbox');
    await page.getByText('Show text').click();
    await see(`Hello ${name}`);
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(await page.title()).toContain('Outbox');
  });

  test('the console asks for the admin token until it is right', async () => {
    await using guarded = await createEmulator({ seed: true, adminToken: 'open-sesame' });
    await open('users', guarded.url);
    for (const token of ['wrong', 'open-sesame']) {
      await page.getByLabel('Token', { exact: true }).fill(token);
      await press('Use token');
    }
    await see('3 users');
    await page.reload();
    await see('3 users');
    expected('401', guarded.url);
  });

  test('views have titles, links can be reached by keyboard, and a stopped emulator is reported', async () => {
    const other = await createEmulator({ seed: true });
    await open('clock', other.url);
    await see('running');
    for (const view of ['Users', 'Requests', 'Outbox', 'Faults', 'Clock', 'Settings', 'State']) {
      await page.getByRole('link', { name: view }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      expect(await page.locator('nav [aria-current=page]').textContent()).toBe(view);
    }
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('input, select, button')].filter((each) => !each.labels?.length && !each.ariaLabel && !each.textContent).length`,
    );
    expect(unnamed).toBe(0);
    await page.getByRole('link', { name: 'Requests' }).click();
    await other.close();
    await see('The emulator does not answer');
    expected('ERR_CONNECTION_REFUSED', other.url);
  });
});
