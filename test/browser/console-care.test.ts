import { expect, test } from 'vitest';
import { describeConsole, emulator, open, page, press, rowOf } from './console-page.ts';

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
});
