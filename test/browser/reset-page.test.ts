import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { sender } from '../support/http.ts';

const DACIA = 'dacia_k@domain.com';

describeInBrowser('the reset page in a browser', () => {
  let browser: Browser;
  let emulator: Emulator;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    emulator = await createEmulator({ seed: true });
  }, 60_000);
  beforeEach(() => emulator.reset());
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser?.close();
    await emulator?.close();
  });

  /** A page in a new browser context. */
  const open = async (link: string, javaScriptEnabled: boolean) => {
    page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(link);
  };
  const linkFor = async (sandbox: Pick<Emulator, 'sessions' | 'outbox'> & { readonly url: string } = emulator) => {
    const { token } = await sandbox.sessions.create();
    await sender(sandbox.url)(`GET /users/password/reset?email=${DACIA}`, { token });
    return (await sandbox.outbox.waitFor({ to: DACIA })).link;
  };
  const logIn = async (password: string, url = emulator.url) => {
    const body = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user: { login: 'Dacia', password } };
    return (await sender(url)('POST /session', { body })).status;
  };
  const choose = async (password: string) => {
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Change my password' }).click();
  };

  test.each([
    ['with', true],
    ['without', false],
  ])('%s script: mail, page, new password, login', async (_name, script) => {
    await open(await linkFor(), script);
    expect(await page.title()).toBe('Choose a new password');
    expect(await page.getByText(DACIA).isVisible()).toBe(true);
    await choose('newSecret1');
    await page.getByRole('status').getByText('You can log in with it now.').waitFor();
    expect(await page.getByRole('heading').textContent()).toBe('Your password was changed');
    expect([await logIn('newSecret1'), await logIn('petU4or!')]).toEqual([201, 401]);
  });

  test("in a sandbox the form stays at the sandbox's address", async () => {
    const sandbox = emulator.sandbox('w1');
    await open(await linkFor(sandbox), false);
    await choose('newSecret1');
    await page.getByRole('status').waitFor();
    expect(page.url()).toBe(`${sandbox.url}/_emulator/reset-password`);
    expect([await logIn('newSecret1', sandbox.url), await logIn('petU4or!')]).toEqual([201, 201]);
  });

  test('a password that is too short is refused by the browser, or else by the page, which shows the form again', async () => {
    await open(await linkFor(), true);
    await choose('abc');
    expect(await page.locator('input:invalid').count()).toBe(1);
    await page.evaluate('document.forms[0].noValidate = true');
    await choose('abc');
    await page.getByRole('alert').getByText('The password is too short (minimum is 6 characters).').waitFor();
    await choose('newSecret1');
    await page.getByRole('status').waitFor();
    expect(await logIn('newSecret1')).toBe(201);
  });

  test.each([
    ['used', 'This link was used already'],
    ['expired', 'This link has expired'],
    ['unknown', 'This link is not known'],
  ])('a link that is %s gets an explanation and no form', async (reason, title) => {
    const link = await linkFor();
    if (reason === 'expired') await emulator.clock.advance('1d');
    if (reason === 'unknown') await emulator.outbox.clear();
    await open(link, false);
    if (reason === 'used') {
      await choose('newSecret1');
      await page.goto(link);
    }
    expect(await page.getByRole('heading').textContent()).toBe(title);
    expect(await page.getByRole('alert').isVisible()).toBe(true);
    expect(await page.locator('form').count()).toBe(0);
  });
});
