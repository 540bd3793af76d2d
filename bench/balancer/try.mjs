// Two emulators behind nginx, used through the unmodified ConnectyCube SDK: node bench/balancer/try.mjs [sandboxes]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import SDK from 'connectycube';
import { ask } from '../load.mjs';
import { freePort, start } from '../process.mjs';

const { positionals } = parseArgs({ allowPositionals: true });
const count = Number(positionals[0] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'users-emulator-balancer-'));
const emulators = [await start('emulator'), await start('emulator')];
const port = await freePort();
const ports = [port, ...emulators.map(({ url }) => new URL(url).port)];
const config = readFileSync(new URL('nginx.conf', import.meta.url), 'utf8').replace(
  /\b423[012]\b/g,
  (named) => ports[named - 4230],
);
writeFileSync(join(folder, 'nginx.conf'), config);
const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
const balanced = { url: `http://127.0.0.1:${port}` };

try {
  while (!(await fetch(`${balanced.url}/_emulator/health`).catch(() => undefined))) await sleep(20);
  for (let number = 0; number < count; number++) await journey(`worker-${number}`);
  const homes = await Promise.all(
    emulators.map(async (each) => (await ask(each, 'GET', '/_emulator/sandboxes')).sandboxes),
  );
  const twice = homes[0].filter((name) => homes[1].includes(name));
  if (twice.length > 0 || homes.flat().length !== count) throw new Error(`sandboxes in both: ${twice}`);
  process.stdout.write(
    `${count} sandboxes, each in one emulator: ${homes.map(({ length }) => length).join(' and ')}\n`,
  );
} finally {
  nginx.kill();
  await once(nginx, 'exit');
  for (const each of emulators) await each.stop();
  rmSync(folder, { recursive: true });
}

/** A whole test in one sandbox, from the first session to the reset. */
async function journey(name) {
  const api_url = `${balanced.url}/sandbox/${name}`;
  const client = new SDK.ConnectyCube();
  const off = { debug: { mode: 0 }, on: { sessionExpired: undefined } };
  client.init(
    { appId: 230, authKey: '29WfrNWdvkhmX6V' },
    { endpoints: { api: 'unused', chat: 'unused', api_url }, ...off },
  );
  await client.createSession();
  const { user } = await client.users.signup({ login: name, password: 'secret123', email: `${name}@example.com` });
  await client.createSession({ login: name, password: 'secret123' });
  await client.users.update({ full_name: `Worker of ${name}` });
  const found = await client.users.getV2({ full_name: { start_with: 'Worker of' } });
  // each sandbox assigns its own ids: they are the same in all
  expect(name, 'sees only its own users', [found.total_entries, found.items[0].id], [1, user.id]);
  await client.users.resetPassword(`${name}@example.com`);
  const mails = await ask(balanced, 'GET', `/sandbox/${name}/_emulator/outbox?wait=5s`);
  expect(
    name,
    'its link leads through nginx',
    mails.items[0].link.startsWith(`${api_url}/_emulator/reset-password`),
    true,
  );
  const twenty = Array.from({ length: 20 }, () => ask(balanced, 'GET', `/sandbox/${name}/_emulator/users?limit=100`));
  for (const { total } of await Promise.all(twenty)) expect(name, 'is the same over every connection', total, 4);
  await client.users.delete();
  await ask(balanced, 'POST', `/sandbox/${name}/_emulator/reset`, {});
  expect(name, 'is back at the seed', (await ask(balanced, 'GET', `/sandbox/${name}/_emulator/users`)).total, 3);
}

function expect(name, what, is, wanted) {
  if (JSON.stringify(is) !== JSON.stringify(wanted)) throw new Error(`${name} ${what}: ${JSON.stringify(is)}`);
}
