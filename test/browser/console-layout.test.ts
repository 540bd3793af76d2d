import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { sender } from '../support/http.ts';
import {
  clickButton,
  describeConsole,
  emulator,
  ignoreTroubles,
  open,
  openTab,
  page,
  rowOf,
  VIEWS,
  waitForText,
} from './console-page.ts';

describeConsole('how the console looks', () => {
  test('each sandbox has a colour of its own, in the list and in the header', async () => {
    for (const name of ['w1', 'w2']) await emulator.sandbox(name).users.list();
    await open('sandboxes', emulator.sandbox('w1').url);
    await rowOf('w2').waitFor();
    const colours = (await page.evaluate(
      `[...document.querySelectorAll('.dot')].map((dot) => getComputedStyle(dot).backgroundColor)`,
    )) as string[];
    const [header, w1, w2] = colours;
    expect(colours).toHaveLength(3);
    expect(header).toBe(w1);
    expect(w2).not.toBe(w1);
    expect(colours).not.toContain('rgba(0, 0, 0, 0)');
  });

  test("the word Close is on the title's line", async () => {
    await open('users');
    await rowOf('Dacia').getByRole('button', { name: 'Delete' }).click();
    const [title, close] = (await page.evaluate(`[...document.querySelectorAll('dialog header > *')].map((each) => {
      const mark = each.appendChild(document.createElement('span'));
      mark.style.display = 'inline-block';
      return mark.getBoundingClientRect().bottom;
    })`)) as [number, number];
    expect(close).toBeCloseTo(title, 0);
  });

  test('on a phone the header is one line', async () => {
    await openTab({ viewport: { width: 385, height: 740 } });
    await open('overview', emulator.sandbox('signs-up-with-a-long-name').url);
    await waitForText('Ready for your application');
    const middles = await page.locator('.brand, .sandbox select, .theme').evaluateAll((elements) =>
      elements.map((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return Math.round((top + bottom) / 2);
      }),
    );
    expect(middles).toHaveLength(3);
    expect(new Set(middles).size).toBe(1);
  });

  test('a view that gets the focus has no frame', async () => {
    await open('overview');
    await page.locator('.skip').press('Enter');
    expect(
      await page.evaluate('[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]'),
    ).toEqual(['MAIN', 'none']);
  });

  test('on a phone every view can be chosen, and fits the screen', async () => {
    await openTab({ viewport: { width: 360, height: 740 } });
    for (const view of VIEWS) {
      await open(view.toLowerCase());
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      await expect.poll(() => right(page.locator('nav [aria-current]'))).toBeLessThanOrEqual(360);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
  });

  test('on a phone the actions of a row are visible', async () => {
    await send();
    await emulator.faults.add({ match: { path: `/users/${'*'.repeat(80)}` }, status: 503 });
    await emulator.snapshot('x'.repeat(64));
    await openTab({ viewport: { width: 360, height: 740 } });
    for (const view of ['users', 'requests', 'faults', 'snapshots']) {
      await open(view);
      await page.getByRole('row').getByRole('button').first().waitFor();
      for (const button of await page.getByRole('row').getByRole('button').all())
        expect(await right(button)).toBeLessThanOrEqual(360);
    }
  });

  test('on a phone the errors of a long form are visible', async () => {
    await openTab({ viewport: { width: 360, height: 740 } });
    await open('users');
    await clickButton('New user');
    await clickButton('Create');
    const alert = page.getByRole('alert');
    await alert.getByText('cannot be blank').waitFor();
    const fold = (await page.getByRole('dialog').boundingBox())!;
    const box = (await alert.boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(fold.y + fold.height);
    ignoreTroubles('422');
  });

  test('long paths, warnings and names push no button out of view', async () => {
    await send();
    await emulator.users.update(51941, { full_name: 'x'.repeat(200), email: `${'y'.repeat(60)}@example.com` });
    await openTab({ viewport: { width: 1280, height: 800 } });
    for (const [view, name] of [
      ['requests', 'Details'],
      ['users', 'Delete'],
    ] as const) {
      await open(view);
      await page.getByRole('button', { name }).first().waitFor();
      for (const button of await page.getByRole('button', { name }).all())
        expect(await right(button)).toBeLessThanOrEqual(1280);
    }
  });

  test.each(['light', 'dark'] as const)('hints and borders contrast with their background, %s', async (scheme) => {
    await openTab({ colorScheme: scheme });
    for (const view of ['users', 'faults', 'settings']) {
      await open(view);
      await page.locator('#main input').first().waitFor();
      const looks =
        (await page.evaluate(`[...document.querySelectorAll('input:not([type=checkbox]), select')].map((each) => {
        const { borderTopColor, backgroundColor } = getComputedStyle(each);
        const behind = getComputedStyle(each.closest('header, .card, dialog, .scroll') ?? document.documentElement).backgroundColor;
        return [getComputedStyle(each, '::placeholder').color, borderTopColor, backgroundColor, behind];
      })`)) as [string, string, string, string][];
      expect(looks.length).toBeGreaterThan(1);
      for (const [hint, border, inside, behind] of looks) {
        expect(contrast(hint, inside)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(border, inside)).toBeGreaterThanOrEqual(3);
        expect(contrast(border, behind)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  test('buttons of rows have accessible names, and labels are aligned', async () => {
    await emulator.snapshot('before');
    await emulator.faults.add({ status: 503 });
    await sender(emulator.url)('GET /users/51941');
    await open('users');
    for (const name of ['Token for Dacia', 'Edit Dacia', 'Delete gabby'])
      await page.getByRole('button', { name, exact: true }).waitFor();
    const top = async (label: string) =>
      (await page.locator('#main').getByText(label, { exact: true }).boundingBox())!.y;
    expect(await top('Application')).toBe(await top('Search'));
    for (const [view, name] of [
      ['requests', 'Details of GET /users/51941'],
      ['faults', 'Remove any request: status 503'],
      ['snapshots', 'Restore before'],
      ['snapshots', 'Delete before'],
    ] as const) {
      await open(view);
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
  });

  test.each(['light', 'dark'] as const)('the password reset page has the same looks, %s', async (scheme) => {
    await openTab({ colorScheme: scheme });
    await page.goto(`${emulator.url}/_emulator/reset-password?token=unknown`);
    await waitForText('It may have been cut off');
    const [text, back] = (await page.evaluate(`(() => {
      document.body.style.backgroundColor = 'Canvas';
      return [document.querySelector('[role=alert]'), document.body].map((each, at) => getComputedStyle(each)[at ? 'backgroundColor' : 'color']);
    })()`)) as [string, string];
    expect(luminance(back) < 0.5).toBe(scheme === 'dark');
    expect(contrast(text, back)).toBeGreaterThanOrEqual(4.5);
    ignoreTroubles('404');
  });
});

/** The lower and right edge of an element. */
async function right(of: Locator): Promise<number> {
  const { x, width } = (await of.boundingBox())!;
  return x + width;
}

/** Requests with very long paths and warnings. */
async function send(): Promise<void> {
  await sender(emulator.url)(`GET /users?${'a'.repeat(300)}=1`);
  await sender(emulator.url)(`GET /${'b'.repeat(300)}`);
}

/** The relative luminance (WCAG 2.2) of a colour from computed styles. */
function luminance(colour: string): number {
  const [red, green, blue] = colour.match(/[\d.]+/g)!.map((each) => {
    const part = Number(each) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}
