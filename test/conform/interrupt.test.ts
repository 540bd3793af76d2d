import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { BIN } from '../support/command-line.ts';

test.skipIf(process.platform === 'win32')('Ctrl-C in the middle leaves no user behind', async () => {
  const app = '777:conform-key:conform-secret';
  await using upstream = await createEmulator({ app });
  const args = ['conform', '--upstream', upstream.url, '--app', app, '--self', '--yes', '--rate', '10'];
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 50_000 });
  const ended = once(child, 'exit');
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await upstream.requests.waitFor({ match: { operation: 'users.by_tags' }, timeout: '40s' });
  expect((await upstream.users.list({ app: 777 })).total).toBeGreaterThan(3);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(err).toMatch(/^users-emulator: stopping; the users of this run are deleted first/);
  expect((await upstream.users.list({ app: 777 })).total).toBe(0);
  // one of the last questions, five seconds later
  expect(await upstream.requests.list({ path: '/ue-conform' })).toEqual([]);
});
