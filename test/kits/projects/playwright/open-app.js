import { join } from 'node:path';

/** Opens the application, without a server. */
export async function openApp(page) {
  const path = join(import.meta.dirname, 'app.html');
  await page.route('https://shop.example/**', (route) => route.fulfill({ path }));
  await page.goto('https://shop.example/');
}
