// The console under load: long tasks and memory of its page in Chromium, while an application sends requests. Needs `npm run build`.
// `node bench/console.mjs [<requests per second> [<seconds>]]`
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { createEmulator } from '../dist/index.mjs';
import { LAUNCH_OPTIONS } from '../scripts/chromium.mjs';

const [rate = 200, seconds = 10] = process.argv.slice(2).map(Number);
const VIEWS = ['overview', 'users', 'sessions', 'requests', 'warnings'];
/** How often (ms) requests are sent, a group at a time. */
const BEAT = 50;

const emulator = await createEmulator({ seed: true });
await emulator.users.generate(5000);
const { token } = await emulator.sessions.create({ user: 'Dacia' });

const get = async (path) => {
  const request = new Request(emulator.url + path, { headers: { 'CB-Token': token } });
  return (await emulator.fetch(request)).text();
};
for (let at = 0; at < 1000; at++) await get(`/users/${51_000 + at}`);

const browser = await chromium.launch(LAUNCH_OPTIONS);

/** Sends requests for some seconds. */
async function load(count) {
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < count * 1000) {
    const due = Math.floor(((performance.now() - start) / 1000) * rate);
    while (sent < due) {
      void get(sent % 3 === 0 ? `/users?page=${sent}` : `/users/${51_000 + (sent % 2000)}`);
      sent++;
    }
    await sleep(BEAT);
  }
}

async function measure(view) {
  const page = await (await browser.newContext()).newPage();
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  await page.goto(`${emulator.url}/_emulator/console#${view}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((each) => each.duration))).observe({
      type: 'longtask',
    });
  });
  await load(2);
  const before = await heap();
  await page.evaluate(() => (window.tasks.length = 0));
  await load(seconds);
  const tasks = await page.evaluate(() => window.tasks);
  const after = await heap();
  await load(seconds);
  const later = await heap();
  await page.context().close();
  const longest = Math.round(Math.max(0, ...tasks));
  const memory = [before, after, later].map((each) => each.toFixed(1)).join(' → ');
  process.stdout.write(
    `${view.padEnd(10)} ${tasks.length} tasks over 50 ms, the longest ${longest} ms; heap ${memory} MB\n`,
  );
}

try {
  for (const view of VIEWS) await measure(view);
} finally {
  await browser.close();
  await emulator.close();
}
