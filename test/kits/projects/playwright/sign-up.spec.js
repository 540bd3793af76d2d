import { expect, test } from 'users-emulator/playwright';
import { openApp } from './open-app.js';

test.beforeEach(({ page }) => openApp(page));

test('a login can be taken once', async ({ page, emulator }) => {
  await page.getByLabel('Login').fill('mia');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('Welcome, mia');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('login must be unique');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('each test begins with the seed', async ({ emulator }) => {
  expect((await emulator.users.list()).total).toBe(3);
});
