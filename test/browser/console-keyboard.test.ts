import { expect, test } from 'vitest';
import { sender } from '../support/http.ts';
import { describeConsole, emulator, open, page, waitForText } from './console-page.ts';

const press = (key: string) => page.keyboard.press(key);
const focused = () =>
  page.evaluate(
    `(({ ariaLabel, labels, textContent }) => (ariaLabel || labels?.[0]?.querySelector('span')?.textContent || textContent).trim())(document.activeElement)`,
  );

/** Presses Tab until a control has the focus. @throws Error when it is not reached by the last one of the page */
async function tabTo(name: string): Promise<void> {
  for (let at = 0; at < 150; at++) {
    await press('Tab');
    if ((await focused()) === name) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** The focus is on a control, sooner or later: views need a moment. */
const expectFocus = (name: string) => expect.poll(focused).toBe(name);

describeConsole('by keyboard alone, in the console', () => {
  test('a user is created, found, looked at, changed and deleted', async () => {
    await open('overview');
    await waitForText('Ready for your application');
    await tabTo('Users9');
    await press('Enter');
    await waitForText('3 users');
    await tabTo('New user');
    await press('Enter');
    await expectFocus('login');
    await page.keyboard.type('mia');
    await press('Tab');
    await page.keyboard.type('secret123');
    await press('Enter');
    await waitForText('4 users');
    await expectFocus('New user');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await expectFocus('Search');
    await page.keyboard.type('mia');
    await waitForText('1 user');
    await tabTo('Details of mia');
    await press('Enter');
    await expectFocus('mia');
    await tabTo('Edit');
    await press('Enter');
    await expectFocus('login');
    for (let at = 0; at < 3; at++) await press('Tab');
    await expectFocus('full_name');
    await page.keyboard.type('Mia Wong');
    await press('Enter');
    await page.getByRole('complementary').getByText('Mia Wong').waitFor();
    await expectFocus('Edit');
    await press('Escape');
    await expectFocus('Details of mia');
    await tabTo('Delete mia');
    await press('Enter');
    await expectFocus('Cancel');
    await page.keyboard.press('Shift+Tab');
    await press('Enter');
    await waitForText('No users found.');
    expect((await emulator.users.list()).total).toBe(3);
  });

  test('a request is filtered, opened, made to fail, and the fault removed', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const send = (route: string) => sender(emulator.url)(route, { token });
    await send('GET /users/51941');
    await send('GET /users');
    await open('requests');
    await page.locator('#request-2').waitFor();
    await tabTo('Filter');
    await page.keyboard.type('op:users.show');
    await waitForText('1 request');
    await tabTo('Details of GET /users/51941');
    await press('Enter');
    await expectFocus('GET /users/51941');
    await tabTo('Fail the next one');
    await press('Enter');
    await waitForText('The next request like this answers 503');
    await expectFocus('Fail the next one');
    expect((await send('GET /users/51941')).status).toBe(503);
    await press('Escape');
    await expectFocus('Details of GET /users/51941');
    await emulator.faults.add({ status: 500 });
    await page.locator('.chips a', { hasText: '1 fault' }).waitFor();
    await tabTo('1 fault');
    await press('Enter');
    await page.getByRole('button', { name: 'Remove any request: status 500' }).waitFor();
    await tabTo('Remove any request: status 500');
    await press('Enter');
    await waitForText('No faults: everything works.');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
  });
});
