import { expect, test } from 'vitest';
import { describeConsole, open, page, rowOf } from './console-page.ts';

describeConsole('how the console looks', () => {
  test('the word Close stands on the line of the title', async () => {
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Delete' }).click();
    const [title, close] = (await page.evaluate(`[...document.querySelectorAll('dialog header > *')].map((each) => {
      const mark = each.appendChild(document.createElement('span'));
      mark.style.display = 'inline-block';
      return mark.getBoundingClientRect().bottom;
    })`)) as [number, number];
    expect(close).toBeCloseTo(title, 0);
  });
});
