// Pictures of each view of the console, light and dark, into docs/images: `npm run screenshots [<folder> [<width>…]]`.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { createEmulator } from '../dist/index.mjs';
import { LAUNCH_OPTIONS } from './chromium.mjs';

const [folder = 'docs/images', ...widths] = process.argv.slice(2);
/** Fills the emulator with what an application leaves behind. */
async function use(emulator) {
  await emulator.users.update(51941, { user_tags: 'vip,accountant', phone: '+44 20 7946 0018' });
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  const send = (method, path, body) =>
    fetch(emulator.url + path, {
      method,
      headers: { 'CB-Token': token, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  await send('POST', '/users', { user: { login: 'mia', password: 'secret123', email: 'mia@example.com' } });
  await send('POST', '/users', { user: { login: 'mia', password: 'x' } });
  await send('GET', '/users?filter[]=string+login+eq+mia');
  await send('GET', '/users/by_login?login=mia');
  await send('PUT', '/users/51941', { user: { full_name: 'Dacia K.', website: 'dacia.example' } });
  await send('GET', '/users/password/reset?email=dacia_k@domain.com');
  await emulator.faults.add({ match: { operation: 'users.create' }, status: 503, times: 1 });
  await send('POST', '/users', { user: { login: 'noah', password: 'secret123' } });
  await send('GET', '/chat/Dialog');
  await emulator.faults.add({ match: { path: '/users/*' }, delay: [200, 800] });
  await emulator.stubs.add({ match: 'GET /chat/Dialog', json: { total_entries: 0, items: [] } });
  await emulator.snapshot('before-checkout');
  await emulator.snapshot('signed-up');
  await emulator.clock.freeze();
  for (const name of ['checkout-1', 'checkout-2']) await emulator.sandbox(name).users.list();
}

mkdirSync(folder, { recursive: true });
const emulator = await createEmulator({ seed: true });
const browser = await chromium.launch(LAUNCH_OPTIONS);
try {
  await use(emulator);
  for (const width of widths.length > 0 ? widths.map(Number) : [1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const viewport = { width, height: 800 };
      const page = await (await browser.newContext({ colorScheme, viewport })).newPage();
      await page.goto(`${emulator.url}/_emulator/console`);
      const links = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
      await links.first().waitFor();
      const views = await links.evaluateAll((all) => all.map(({ hash }) => hash.slice(1)));
      for (const view of views) {
        await page.goto(`${emulator.url}/_emulator/console#${view}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        if (view === 'outbox') await page.locator('.mail').first().click();
        if (view === 'requests') await page.locator('tr', { hasText: '422' }).getByRole('button').first().click();
        await page.waitForTimeout(250);
        const size = widths.length > 0 ? `-${width}` : '';
        await page.screenshot({ path: `${folder}/console-${view}-${colorScheme}${size}.png` });
      }
    }
  }
} finally {
  await browser.close();
  await emulator.close();
}
