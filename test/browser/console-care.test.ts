import { expect, test } from 'vitest';
import { agree, describeConsole, emulator, open, page, press, rowOf, see } from './console-page.ts';

describeConsole('the console takes care', () => {
  test('of a user only what was changed is sent: texts of several lines stay as they are', async () => {
    const custom_data = '{\r\n  "plan": "gold"\n}';
    await emulator.users.update(51941, { custom_data });
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('full_name').fill('Dacia K.');
    await press('Save');
    await rowOf('Dacia K.').waitFor();
    expect(await emulator.users.get(51941)).toMatchObject({ full_name: 'Dacia K.', custom_data });

    await rowOf('Dacia').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('custom_data').fill('one\ntwo');
    await press('Save');
    await expect.poll(async () => (await emulator.users.get(51941)).custom_data).toBe('one\ntwo');
  });

  test('when the last page loses its only user, the page before it is shown', async () => {
    await emulator.users.generate(48);
    await open('users');
    await see('51 users');
    await press('Next');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('row').getByRole('button', { name: 'Delete' }).click();
    await agree('Delete');
    await see('50 users');
    expect(await page.getByRole('row').count()).toBe(51);
  });
});
