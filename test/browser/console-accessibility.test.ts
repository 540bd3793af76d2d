import type { Locator } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { accessibilityViolations } from '../support/axe.ts';
import { sender } from '../support/http.ts';
import { describeConsole, emulator, ignoreTroubles, open, openTab, page, rowOf, VIEWS } from './console-page.ts';

/** Links of views are not skip links, even where the navigation scrolls them out of sight. */
const ALL_RULES = { rules: { 'skip-link': { enabled: false } } };
/** The only rule whose findings depend on the colour scheme. */
const CONTRAST = { runOnly: ['color-contrast'] };

const findings = (options: object = ALL_RULES) => accessibilityViolations(page, options);

describeConsole('the console is accessible', () => {
  beforeEach(async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const send = sender(emulator.url);
    await send('GET /users/51941', { token });
    await send('GET /users', { token });
    await send('GET /users/password/reset?email=dacia_k@domain.com', { token });
    await emulator.faults.add({ match: { operation: 'users.create' }, status: 503 });
    await emulator.stubs.add({ match: 'GET /chat/Dialog', json: { items: [] } });
    await emulator.snapshot('before');
    await emulator.clock.freeze();
    await emulator.sandbox('w1').users.list();
  });

  /** What each view shows once its data have come. */
  const CONTENT: Record<(typeof VIEWS)[number], () => Locator> = {
    Overview: () => page.getByText('users.password_reset'),
    Users: () => rowOf('Dacia'),
    Sessions: () => rowOf('Dacia'),
    Outbox: () => page.locator('#main pre'),
    Requests: () => page.getByRole('complementary').getByText('"login"'),
    Warnings: () => rowOf('users.show'),
    Faults: () => rowOf('status 503'),
    Stubs: () => rowOf('/chat/Dialog'),
    Clock: () => page.locator('#main').getByText('frozen'),
    Settings: () => page.getByText('session_ttl'),
    Snapshots: () => rowOf('before'),
    Sandboxes: () => rowOf('w1'),
    Evidence: () => page.locator('#main').getByText('users.create'),
  };

  test('axe finds nothing in any view, light and dark, and nothing overflows', async () => {
    await openTab({ reducedMotion: 'reduce' });
    // one tab, which loads axe once
    for (const view of VIEWS) {
      await open(view.toLowerCase());
      if (view === 'Outbox') await page.getByRole('button', { name: 'password reset' }).click();
      if (view === 'Requests') await page.getByRole('button', { name: 'Details' }).last().click();
      await CONTENT[view]().first().waitFor();
      for (const width of [390, 320, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        expect([view, width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          view,
          width,
          width,
        ]);
        if (width !== 390) expect([view, width, ...(await findings())]).toEqual([view, width]);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      expect([view, ...(await findings(CONTRAST))]).toEqual([view]);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    ignoreTroubles('Content Security Policy');
  });

  test('the switches of settings are visible where the system sets the colours', async () => {
    await openTab({ forcedColors: 'active' });
    await open('settings');
    await page.getByRole('switch').first().waitFor();
    const looks =
      "[...new Set([...document.querySelectorAll('[role=switch]')].map((each) => getComputedStyle(each).appearance))]";
    expect(await page.evaluate(looks)).toEqual(['auto']);
  });

  test('axe finds nothing in the page behind the link of a password reset', async () => {
    const [mail] = await emulator.outbox.list();
    await page.goto(mail!.link);
    await page.getByLabel('New password').waitFor();
    expect(await findings()).toEqual([]);
    await page.goto(`${emulator.url}/_emulator/reset-password?token=unknown`);
    expect(await findings()).toEqual([]);
    ignoreTroubles('404');
  });

  test('dialogs are accessible, close by Escape and Back, and keep typed text', async () => {
    await open('users');
    await page.getByRole('button', { name: 'New user' }).click();
    expect(await findings()).toEqual([]);
    await page.getByLabel('login').fill('mia');
    // the observer is in place before the key is pressed
    await page.evaluate(`void (window.focusedFirst = new Promise((resolve) => {
      new MutationObserver(() => {
        if (document.querySelector('.discard')) resolve(document.activeElement.textContent);
      }).observe(document.body, { childList: true, subtree: true });
    }))`);
    await page.keyboard.press('Escape');
    // as soon as the question shows, and not a moment later
    expect(await page.evaluate('window.focusedFirst')).toBe('Keep editing');
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('login').inputValue()).toBe('mia');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('New user');
    await page.locator('nav').getByRole('link', { name: 'Clock' }).click();
    await page.locator('nav').getByRole('link', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'New user' }).click();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Clock' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('the filter looks into parameters and answers, by fields and without words', async () => {
    await open('requests');
    const shown = async (filter: string) => {
      await page.getByLabel('Filter').fill(filter);
      return page.locator('tbody tr').count();
    };
    await page.getByRole('row').nth(1).waitFor();
    const counts = [];
    for (const filter of [
      '',
      'status:4xx',
      'op:users.show',
      '-status:2xx',
      'gabrielle',
      'dacia_k@domain.com -op:users.show',
      'nothing',
    ])
      counts.push(await shown(filter));
    expect(counts).toEqual([3, 1, 1, 1, 0, 1, 0]);
  });
});
