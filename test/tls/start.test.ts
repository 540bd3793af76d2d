import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BIN } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { startCommand } from '../support/running.ts';

const stateDir = join(temporaryFolder(), 'state');

test("the banner's NODE_EXTRA_CA_CERTS line works when it is pasted", async () => {
  const server = spawn(process.execPath, [BIN, '--port', '0', '--seed', '--state-dir', stateDir], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 15_000,
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  let banner = '';
  server.stderr.on('data', (chunk) => {
    banner += chunk;
  });
  await expect.poll(() => banner).toMatch(/^ *NODE_EXTRA_CA_CERTS=.*\n/m);
  const line = /^ *NODE_EXTRA_CA_CERTS=(.*)$/m.exec(banner)![1]!;
  const httpsUrl = /https +(\S+)/.exec(banner)![1]!;
  await expect.poll(() => existsSync(line)).toBe(true);
  const fetching = spawn(
    process.execPath,
    ['-p', `fetch('${httpsUrl}/_emulator/health').then(({ status }) => process.exit(status === 200 ? 0 : 1)); ''`],
    {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: line },
    },
  );
  expect(await once(fetching, 'exit')).toEqual([0, null]);
  server.kill();
  expect(await once(server, 'exit')).toEqual([0, null]);
});

test("the ready line's CA file exists, and is the one that https needs", async () => {
  const { ready, stop } = await startCommand(['--json', '--port', '0', '--state-dir', join(stateDir, 'fresh')]);
  const ca = readFileSync(ready.caFile, 'utf8');
  expect(ready.httpsUrl).toBe(ready.url.replace('http:', 'https:'));
  expect((await rawRequest(ready.httpsUrl, { method: 'GET', path: '/_emulator/health', ca })).status).toBe(200);
  expect(await stop()).toBe(0);
});

test.skipIf(!existsSync('/proc/self'))('https works without a writable folder', async () => {
  const { ready, stop } = await startCommand(['--json', '--port', '0', '--state-dir', '/proc/nowhere/at/all'], {
    XDG_CACHE_HOME: '/proc/nowhere/either',
  });
  const ca = readFileSync(ready.caFile, 'utf8');
  expect((await rawRequest(ready.httpsUrl, { method: 'GET', path: '/_emulator/health', ca })).status).toBe(200);
  expect(await stop()).toBe(0);
});
