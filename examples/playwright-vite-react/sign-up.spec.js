import { expect, test } from 'users-emulator/playwright';

const signUp = async (page) => {
  await page.getByLabel('Login').fill('mia');
  await page.getByRole('button').click();
};

test('a login can be taken once', async ({ page, emulator }) => {
  await page.goto('/');
  await signUp(page);
  await expect(page.getByRole('status')).toHaveText('Welcome, mia');
  await signUp(page);
  await expect(page.getByRole('status')).toHaveText('login must be unique');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('the page says that it is offline', async ({ page, emulator }) => {
  await emulator.faults.add({ match: { operation: 'users.create' }, drop: 'reset' });
  await page.goto('/');
  await signUp(page);
  await expect(page.getByRole('status')).toHaveText('You are offline');
});
