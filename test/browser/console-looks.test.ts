import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { sender } from '../support/http.ts';
import { describeConsole, emulator, open, openTab, page, rowOf } from './console-page.ts';

const VIEWS = ['Users', 'Requests', 'Outbox', 'Faults', 'Clock', 'Settings', 'State'];

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

  test('on a telephone every view can be chosen, and is no wider than the screen', async () => {
    await openTab({ viewport: { width: 360, height: 740 } });
    for (const view of VIEWS) {
      await open(view.toLowerCase());
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      for (const link of await page.locator('nav a').all()) expect(await right(link)).toBeLessThanOrEqual(360);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
  });

  test('on a telephone what can be done with a row is in sight', async () => {
    await send();
    await emulator.faults.add({ match: { path: `/users/${'*'.repeat(80)}` }, status: 503 });
    await emulator.snapshot('x'.repeat(64));
    await openTab({ viewport: { width: 360, height: 740 } });
    for (const view of ['users', 'requests', 'faults', 'state']) {
      await open(view);
      await page.getByRole('row').getByRole('button').first().waitFor();
      for (const button of await page.getByRole('row').getByRole('button').all())
        expect(await right(button)).toBeLessThanOrEqual(360);
    }
  });

  test('long paths, warnings and names don’t push buttons out of sight', async () => {
    await send();
    await emulator.users.update(51941, { full_name: 'x'.repeat(200), email: `${'y'.repeat(60)}@example.com` });
    await openTab({ viewport: { width: 1280, height: 800 } });
    for (const [view, name] of [
      ['requests', 'Details'],
      ['users', 'Delete'],
    ] as const) {
      await open(view);
      await page.getByRole('button', { name }).first().waitFor();
      expect(await right(page.getByRole('button', { name }).first())).toBeLessThanOrEqual(1280);
    }
  });
});

/** Where something ends. */
async function right(of: Locator): Promise<number> {
  const { x, width } = (await of.boundingBox())!;
  return x + width;
}

/** A request with a path and warnings without an end. */
const send = () => sender(emulator.url)(`GET /users?${'a'.repeat(300)}=1&filter=${'b'.repeat(300)}`);
