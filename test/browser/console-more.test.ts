import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
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
  waitForText,
} from './console-page.ts';

const folder = temporaryFolder();
const panel = () => page.getByRole('complementary');

describeConsole('the console shows', () => {
  test('what runs: version, process, start, data file; and how clients connect', async () => {
    const file = join(folder, 'state.json');
    const kept = await startEmulator({ seed: true, data: file });
    await open('overview', kept.url);
    await waitForText(`process ${process.pid}, since `);
    await waitForText(`The state is kept in ${file}`);
    await open('overview');
    await waitForText('in memory only');
    const card = page.getByRole('article').filter({ hasText: '230' });
    await card.getByText('How clients connect').click();
    await card.getByText(`api_url: '${emulator.url}'`).waitFor();
    await card.getByRole('button', { name: 'Copy code for ConnectyCube JS 2 to 5, over https' }).click();
    await waitForText('copied');
    const { host, hostname } = new URL(emulator.url);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`ConnectyCube.init(
  { appId: 230, authKey: '29WfrNWdvkhmX6V', authSecret: 'users-emulator-secret' },
  { endpoints: { api: '${host}', chat: '${hostname}' } },
);`);
    ignoreTroubles(kept.url);
  });

  test('in its header that requests are limited, slowed or stubbed, and that time stands still', async () => {
    await open('overview');
    await waitForText('Ready for your application');
    const chips = () => page.locator('.chips a').allTextContents();
    expect(await chips()).toEqual([]);
    await emulator.settings.set({ rate_limit: '10/1' }, { app: 22 });
    await emulator.faults.add({ delay: 1 });
    await emulator.stubs.add({ match: 'GET /chat/Dialog', json: {} });
    await emulator.clock.freeze();
    await expect.poll(chips).toEqual(['clock frozen', 'rate limit 10/1 s (22)', '1 fault', '1 stub']);
    await page.getByRole('link', { name: 'rate limit 10/1 s (22)' }).click();
    await expect.poll(() => page.locator('#main select').inputValue()).toBe('22');
    await emulator.reset();
    await expect.poll(chips).toEqual([]);
  });

  test('what changed since a snapshot, live', async () => {
    await emulator.snapshot('before');
    await open('snapshots');
    await clickButton('Changes since before');
    await panel().getByText('Nothing has changed.').waitFor();
    const { id } = await emulator.users.create({ login: 'mia', password: 'secret123' });
    await panel().getByRole('link', { name: 'mia' }).waitFor();
    await emulator.users.update(51941, { full_name: 'Dacia K' });
    await panel().getByText('Dacia Kail → Dacia K').waitFor();
    await emulator.users.delete(51943);
    await panel().getByText('Deleted users: 1').waitFor();
    await emulator.sessions.create();
    await panel().getByText('1 created, 0 deleted').waitFor();
    await panel().getByRole('link', { name: 'mia' }).click();
    await panel().getByRole('heading', { name: 'mia' }).waitFor();
    expect(page.url()).toContain(`#users?app=230&user=${id}`);
  });

  test('what the answers of the run rest on', async () => {
    await open('evidence');
    await waitForText('No answers yet.');
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await send('GET /users/51941', token);
    const row = rowOf('operation:users.show');
    await row.getByRole('link', { name: 'GET /users/51941' }).waitFor();
    await send('GET /users/51941', token);
    await expect.poll(() => row.locator('[data-head=Answers]').textContent()).toBe('2');
    await page.getByLabel('Search').fill('nothing like this');
    await waitForText('No behaviour matches the search.');
  });

  test('all requests, and saves them as a HAR file', async () => {
    await send('GET /users/1');
    await open('requests');
    await page.getByRole('button', { name: 'Details' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), clickButton('Save as HAR')]);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    expect(file).toMatch(/users-emulator\.har$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(await emulator.requests.har());
  });

  test('faults of all kinds, and adds them: after the change, with another body, headers, slowly', async () => {
    await open('faults');
    for (const name of ['Answer lost', 'Broken JSON', 'Gateway page']) await page.getByRole('button', { name }).click();
    await rowOf('body html').waitFor();
    await clickButton('Remove all');
    await confirm('Remove');
    await waitForText('No faults');
    await page.getByLabel('Status').fill('429');
    await page.getByLabel('When').selectOption('after');
    await page.getByLabel('Trickle, ms').fill('300');
    await page.getByLabel('JSON').fill('{ "code": ');
    await page.getByLabel('Headers').fill('Retry-After: 5\nX-Note: a: b');
    await clickButton('Add');
    await page.locator('.field', { hasText: 'JSON' }).getByText('is not valid').waitFor();
    await page.getByLabel('JSON').fill('{ "code": 42 }');
    await clickButton('Add');
    await rowOf('trickle 300 ms').waitFor();
    expect(await emulator.faults.list()).toMatchObject([
      {
        status: 429,
        when: 'after',
        trickle: 300,
        json: { code: 42 },
        headers: { 'Retry-After': '5', 'X-Note': 'a: b' },
      },
    ]);
  });

  test('how much the sandboxes are used, and opens a port for one', async () => {
    const own = emulator.sandbox('w1');
    await own.users.create({ login: 'mia', password: 'secret123' });
    await open('sandboxes');
    const row = rowOf('w1').filter({ hasText: 'Open' });
    await expect.poll(() => row.locator('[data-head=Users]').textContent()).toBe('10');
    await sender(own.url)('GET /users/1');
    await clickButton('Refresh');
    await expect.poll(() => row.locator('[data-head=Requests]').textContent()).toBe('1');
    await clickButton('Open a port for w1');
    const address = row.locator('[data-head=Port] code');
    await address.waitFor();
    await sender((await address.textContent())!)('GET /users/2');
    expect((await own.requests.list()).map(({ path }) => path)).toEqual(['/users/1', '/users/2']);
  });

  test("at a sandbox's own port that sandbox, and leads to the others at the emulator's address", async () => {
    const [own] = ['w1', 'w2'].map((name) => emulator.sandbox(name));
    await emulator.sandbox('w2').users.list();
    const { url } = await own!.listen();
    await open('sandboxes', url);
    const picker = page.getByRole('combobox', { name: 'Sandbox' });
    await expect.poll(() => picker.inputValue()).toBe('w1');
    await expect.poll(() => page.title()).toBe('Sandboxes, w1 · users-emulator');
    await page.getByRole('button', { name: 'Open w2' }).waitFor();
    await picker.selectOption('w2');
    await page.waitForURL(`${emulator.url}/sandbox/w2/_emulator/console#sandboxes`);
    await open('sandboxes', url);
    await expect.poll(() => picker.inputValue()).toBe('w1');
    await clickButton('Leave the sandbox');
    await page.waitForURL(`${emulator.url}/_emulator/console#sandboxes`);
    ignoreTroubles(url);
  });

  test('a request as the same curl command as the control plane', async () => {
    await fetch(`${emulator.url}/session`, {
      method: 'POST',
      body: new URLSearchParams({ application_id: '230', 'user[login]': 'Dacia', 'user[password]': 'no' }),
    });
    await open('requests');
    await page.getByRole('button', { name: 'Details' }).click();
    await clickButton('Copy as cURL');
    await waitForText('cURL command copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await emulator.requests.curl(1));
  });
});
