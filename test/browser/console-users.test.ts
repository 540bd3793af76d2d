import { expect, test } from 'vitest';
import { sender } from '../support/http.ts';
import {
  clickButton,
  confirm,
  describeConsole,
  emulator,
  focused,
  ignoreTroubles,
  open,
  page,
  rowOf,
  send,
  waitForText,
} from './console-page.ts';

/** The texts of a column, by its name, in the order of the rows. */
const column = (name: string) => page.locator(`td[data-head="${name}"]`).allTextContents();
const panel = () => page.getByRole('complementary');

describeConsole("the console's users", () => {
  test('keep the focus when one of them is deleted: the next one has it, then the one before, then the page', async () => {
    await open('users');
    for (const [name, next] of [
      ['ppavalli', 'Delete gabby'],
      ['gabby', 'Delete Dacia'],
      ['Dacia', 'No users found.'],
    ] as const) {
      await page.getByRole('button', { name: `Delete ${name}` }).press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
      await rowOf(name).waitFor({ state: 'detached' });
      await expect.poll(focused).toContain(next);
    }
  });

  test('are sorted by a column, ascending, then descending; search, order and page are in the address', async () => {
    await open('users');
    await waitForText('3 users');
    const sort = page.getByRole('columnheader', { name: 'login' });
    await sort.getByRole('button').click();
    await expect.poll(() => column('login')).toEqual(['Dacia', 'gabby', 'ppavalli']);
    expect(await sort.getAttribute('aria-sort')).toBe('ascending');
    await sort.getByRole('button').click();
    await expect.poll(() => column('login')).toEqual(['ppavalli', 'gabby', 'Dacia']);
    expect(await sort.getAttribute('aria-sort')).toBe('descending');
    expect(await page.getByRole('columnheader', { name: 'id', exact: true }).getAttribute('aria-sort')).toBeNull();
    await emulator.users.generate(5000);
    await page.getByLabel('Search').fill('user');
    await clickButton('Next');
    await waitForText('51–100 of 5,000 users');
    await page.reload();
    await waitForText('51–100 of 5,000 users');
    expect(await page.getByLabel('Search').inputValue()).toBe('user');
    expect((await column('login'))[0]).toBe('user56896');
    expect(page.url()).toContain('#users?sort=-login&q=user&page=2');
  });

  test('have the columns that were chosen, also after a reload', async () => {
    await emulator.users.update(51941, { website: 'https://dacia.example' });
    await open('users');
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('website').check();
    await page.getByLabel('phone').uncheck();
    expect(await page.getByLabel('login').isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByLabel('website').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Columns');
    await page.reload();
    await rowOf('https://dacia.example').waitFor();
    expect(await page.getByRole('columnheader').allTextContents()).toEqual([
      '',
      'id ↑',
      'login',
      'email',
      'full_name',
      'website',
      'user_tags',
      'last_request_at',
      'Actions',
    ]);
  });

  test('show all about one of them: fields, sessions, requests, live', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await open('users');
    await page.getByRole('button', { name: 'Details of Dacia' }).click();
    await panel().getByText('dacia_k@domain.com').waitFor();
    expect(await focused()).toBe('Dacia');
    await panel()
      .getByText(`${token.slice(0, 12)}…`)
      .waitFor();
    await send('GET /users/51943', token);
    await panel().getByRole('link', { name: 'GET /users/51943' }).waitFor();
    await emulator.users.update(51941, { full_name: 'Dacia the Great' });
    await panel().getByText('Dacia the Great').waitFor();
    await panel().getByRole('button', { name: 'End all' }).click();
    await panel().getByText('the user is signed out').waitFor();
    expect((await emulator.sessions.list({ user: 'Dacia' })).total).toBe(0);
    // reaches the panel: the button is gone, but the focus is still in it
    await page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    expect(await focused()).toBe('Details of Dacia');
    await page.goto(`${page.url()}?user=51943`);
    await panel().getByRole('heading', { name: 'ppavalli' }).waitFor();
    await emulator.users.delete(51943);
    await panel().getByText('no such user').waitFor();
    ignoreTroubles('404');
  });

  test('can be deleted together, after a question', async () => {
    await emulator.users.generate(5);
    await open('users');
    await waitForText('8 users');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('checkbox', { name: 'Select Dacia' }).uncheck();
    await waitForText('7 users selected');
    await clickButton('Delete selected');
    await confirm('Cancel');
    expect((await emulator.users.list()).total).toBe(8);
    await clickButton('Delete selected');
    await confirm('Delete');
    await waitForText('7 users were deleted');
    expect((await emulator.users.list()).users.map(({ login }) => login)).toEqual(['Dacia']);
    await page.getByText('users selected').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Select all on this page');
  });

  test('have their errors beside their fields, and a password that stays unchanged', async () => {
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    const password = page.getByLabel('password');
    expect(await password.getAttribute('placeholder')).toBe('unchanged');
    await page.getByLabel('email').fill('nowhere');
    await clickButton('Save');
    await page
      .locator('.field', { hasText: 'email' })
      .getByText(/email address|not valid|invalid/)
      .waitFor();
    expect(await page.getByLabel('email').getAttribute('aria-invalid')).toBe('true');
    expect(await password.getAttribute('aria-invalid')).toBe('false');
    await page.getByLabel('email').fill('dacia@example.com');
    await clickButton('Save');
    await rowOf('dacia@example.com').waitFor();
    const { status } = await sender(emulator.url)('POST /session', {
      body: {
        application_id: 230,
        auth_key: '29WfrNWdvkhmX6V',
        user: { login: 'Dacia', password: 'petU4or!' },
      },
    });
    expect(status).toBe(201);
    ignoreTroubles('422');
  });
});
