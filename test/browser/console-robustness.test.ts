import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { sender } from '../support/http.ts';
import {
  clickButton,
  confirm,
  describeConsole,
  emulator,
  ignoreTroubles,
  open,
  openTab,
  page,
  rowOf,
  startEmulator,
  waitForText,
} from './console-page.ts';

const requestMail = async (of: Emulator) => {
  const { token } = await of.sessions.create();
  return sender(of.url)('GET /users/password/reset?email=dacia_k@domain.com', { token });
};

describeConsole('the console is robust', () => {
  test('only changed fields of a user are sent: multi-line texts stay unchanged', async () => {
    const custom_data = '{\r\n  "plan": "gold"\n}';
    await emulator.users.update(51941, { custom_data, website: 'https://\ndacia.example' });
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('full_name').fill('Dacia K.');
    await clickButton('Save');
    await rowOf('Dacia K.').waitFor();
    expect(await emulator.users.get(51941)).toMatchObject({
      full_name: 'Dacia K.',
      custom_data,
      website: 'https://\ndacia.example',
    });

    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('custom_data').fill('one\ntwo');
    await clickButton('Save');
    await expect.poll(async () => (await emulator.users.get(51941)).custom_data).toBe('one\ntwo');
  });

  test('when the last page loses its only user, the page before it is shown', async () => {
    await emulator.users.generate(48);
    await open('users');
    await waitForText('51 users');
    await clickButton('Next');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('row').getByRole('button', { name: 'Delete' }).click();
    await confirm('Delete');
    await waitForText('50 users');
    expect(await page.getByRole('row').count()).toBe(51);
  });

  /** A view, and a change for it to show. */
  const update: readonly [string, string, (of: Emulator) => Promise<unknown>][] = [
    ['requests', 'users.show', (of) => sender(of.url)('GET /users/51941')],
    ['outbox', 'ConnectyCube: password reset', (of) => requestMail(of)],
    ['faults', 'status 503', (of) => of.faults.add({ status: 503 })],
    ['clock', 'frozen', (of) => of.clock.freeze()],
  ];
  test.each(update)('%s report that the emulator is away, and go on when it is back', async (view, text, change) => {
    const before = await createEmulator({ seed: true });
    await open(view, before.url);
    await page.locator('#main').getByRole('button').first().waitFor();
    await before.close();
    await page.getByRole('status').getByText('Disconnected').waitFor();
    const again = await startEmulator({ seed: true, port: Number(new URL(before.url).port) });
    await page.getByText('Disconnected').waitFor({ state: 'detached' });
    await change(again);
    await page.locator('#main').getByText(text).first().waitFor();
    ignoreTroubles('ERR_', again.url);
  });

  test('the console asks for the admin token only once if it is not given', async () => {
    const guarded = await startEmulator({ adminToken: 'open-sesame' });
    await openTab();
    await page.clock.install();
    await open('clock', guarded.url);
    await page.getByLabel('Token', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await waitForText('reload the page to enter it');
    await page.clock.runFor(10_000);
    expect(await page.getByRole('dialog').count()).toBe(0);
    ignoreTroubles('401', guarded.url);
  });

  test('a view that failed to load is loaded when the emulator answers again', async () => {
    await openTab();
    await page.route('**/apps', (route) => route.abort(), { times: 1 });
    await open('users');
    await waitForText('3 users');
    ignoreTroubles('ERR_FAILED');
  });

  /** Irreversible actions: the view, the page's button, the dialog's button, and a check that it was done. */
  const done: readonly [string, string, string, () => Promise<boolean>][] = [
    ['requests', 'Clear', 'Clear', async () => (await emulator.requests.list()).length === 0],
    ['outbox', 'Clear', 'Clear', async () => (await emulator.outbox.list()).length === 0],
    ['faults', 'Remove all', 'Remove', async () => (await emulator.faults.list()).length === 0],
    ['snapshots', 'Restore full', 'Restore', async () => (await emulator.users.list()).total === 3],
    ['snapshots', 'Delete full', 'Delete', async () => (await emulator.snapshots.list()).length === 0],
  ];
  test.each(done)('%s: %s asks for confirmation', async (view, label, answer, done) => {
    await requestMail(emulator);
    await emulator.faults.add({ delay: 1 });
    await emulator.snapshot('full');
    await emulator.users.delete(51941);
    await open(view);
    await clickButton(label);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(await done()).toBe(false);
    await clickButton(label);
    await confirm(answer);
    await expect.poll(done).toBe(true);
  });

  const file = (text: string) => ({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) });

  test.each([
    ['Import', 'Replace', 'are lost', 1],
    ['Merge', 'Merge', 'same id', 4],
  ])('%s names what will be lost, and asks for confirmation', async (label, answer, message, total) => {
    await open('snapshots');
    await page.getByLabel(label).setInputFiles(file('[{"login":"mia","password":"secret123"}]'));
    await page.getByRole('dialog').getByText(message).waitFor();
    expect((await emulator.users.list()).total).toBe(3);
    await confirm(answer);
    await waitForText('“mine.json” was imported');
    expect((await emulator.users.list()).total).toBe(total);
  });

  test('a file that is not JSON is named in the error', async () => {
    await open('snapshots');
    await page.getByLabel('Import').setInputFiles(file('login,password'));
    await waitForText('“mine.json” is not JSON');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('overwriting a snapshot needs a confirmation', async () => {
    await emulator.snapshot('before');
    await emulator.reset('empty');
    await open('snapshots');
    await rowOf('before').waitFor();
    await page.getByLabel('Name').fill('before');
    await clickButton('Save');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await emulator.restore('before');
    expect((await emulator.users.list()).total).toBe(3);
  });

  const focused = () => page.evaluate('document.activeElement.name || document.activeElement.textContent');

  test('dialogs focus their first field, and questions the way out', async () => {
    await open('users');
    await clickButton('New user');
    expect(await focused()).toBe('login');
    await page.keyboard.press('Escape');
    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    expect(await focused()).toBe('login');
    await page.keyboard.press('Escape');
    await clickButton('Generate users');
    expect(await focused()).toBe('count');
    await page.keyboard.press('Escape');
    // Enter alone deletes nothing
    await rowOf('Dacia').getByRole('button', { name: 'Delete' }).click();
    expect(await focused()).toBe('Cancel');
  });

  test('a form shows its errors until they are fixed', async () => {
    await open('users');
    await clickButton('New user');
    await page.getByLabel('login').fill('mia');
    await clickButton('Create');
    const alert = page.locator('dialog form').getByRole('alert');
    await alert.getByText('password: cannot be blank').waitFor();
    await page.getByLabel('password').fill('x');
    await clickButton('Create');
    await alert.getByText('too short').waitFor();
    await page.getByLabel('password').fill('secret123');
    await clickButton('Create');
    await waitForText('4 users');
    ignoreTroubles('422');
  });

  test('a saved snapshot is announced, and a refused name is cleared', async () => {
    await open('snapshots');
    await page.getByLabel('Name').fill('a b');
    await clickButton('Save');
    await page.getByRole('alert').getByText('must be 1 to 64 letters').waitFor();
    await page.getByLabel('Name').fill('ab');
    await clickButton('Save');
    await page.getByRole('status').getByText('“ab” was saved').waitFor();
    expect(await page.getByText('must be 1 to 64 letters').count()).toBe(0);
    ignoreTroubles('422');
  });

  test('an invalid sandbox name is refused in its field', async () => {
    await open('sandboxes');
    const before = page.url();
    for (const name of ['a b', '..', 'x'.repeat(65)]) {
      await page.getByLabel('Name').fill(name);
      await clickButton('Open');
      expect(await page.evaluate(`document.querySelector('main form input').validationMessage`)).toContain(
        '64 letters',
      );
      expect(page.url()).toBe(before);
    }
    await page.getByLabel('Name').fill(' w-1.b ');
    await clickButton('Open');
    await page.waitForURL('**/sandbox/w-1.b/_emulator/console#sandboxes');
  });

  test('a fault of one application delays by a random time between two bounds', async () => {
    await open('faults');
    await page.getByRole('spinbutton', { name: 'Application' }).fill('22');
    await page.getByLabel('Delay, ms', { exact: true }).fill('200');
    await page.getByLabel('Delay up to, ms').fill('800');
    await clickButton('Add');
    await rowOf('app 22').getByText('delay 200–800 ms').waitFor();
    expect(await emulator.faults.list()).toMatchObject([{ match: { app: 22 }, delay: [200, 800] }]);
    await page.getByLabel('Delay, ms', { exact: true }).fill('200');
    await clickButton('Add');
    await page.getByText('delay 200 ms').waitFor();
    await page.getByLabel('Delay, ms', { exact: true }).fill('900');
    await page.getByLabel('Delay up to, ms').fill('800');
    await clickButton('Add');
    await page.getByRole('alert').getByText('delay').waitFor();
    expect(await emulator.faults.list()).toMatchObject([{ delay: [200, 800] }, { delay: 200 }]);
    ignoreTroubles('422');
  });
});
