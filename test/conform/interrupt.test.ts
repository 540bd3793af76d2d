import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { BIN } from '../support/command-line.ts';
import { runInProcess } from '../support/in-process.ts';

test.skipIf(process.platform === 'win32')('Ctrl-C in the middle leaves no user behind', async () => {
  const app = '777:conform-key:conform-secret';
  await using upstream = await createEmulator({ app });
  const args = ['conform', '--upstream', upstream.url, '--app', app, '--self', '--yes', '--rate', '30'];
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 50_000 });
  const ended = once(child, 'exit');
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await upstream.requests.waitFor({ match: { operation: 'users.list_v2' }, timeout: '40s' });
  expect((await upstream.users.list({ app: 777 })).total).toBeGreaterThan(3);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(err).toMatch(/^users-emulator: stopping; the users of this run are deleted first/);
  expect((await upstream.users.list({ app: 777 })).total).toBe(0);
  // one of the last questions, seconds later
  expect(await upstream.requests.list({ path: '/ue-conform' })).toEqual([]);
});

/** Starts a service that answers everything alike. */
async function serviceThat(answers: RequestListener) {
  const server = createServer(answers).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, args: ['conform', '--upstream', `http://127.0.0.1:${port}`, '--app', '777:key', '--yes'] };
}

test.skipIf(process.platform === 'win32').each<[string, RequestListener]>([
  ['never answers', () => {}],
  ['asks for patience', (_request, response) => response.writeHead(429, { 'Retry-After': '60' }).end()],
])(
  'Ctrl-C ends the questions to a service that %s at once',
  async (_case, answers) => {
    // the first request finds out whether it is an emulator
    const { server, args } = await serviceThat((request, response) => {
      if (request.url?.startsWith('/_emulator')) response.writeHead(404).end();
      else answers(request, response);
    });
    const asked = new Promise<void>((resolve) => {
      server.on('request', ({ url }) => url === '/session' && setImmediate(resolve));
    });
    const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore', timeout: 50_000 });
    const ended = once(child, 'exit');
    await asked;
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  },
  15_000,
);

test('an answer of more than 1 MB is not read to its end', async () => {
  const { args } = await serviceThat((request, response) => {
    if (request.url?.startsWith('/_emulator')) response.writeHead(404).end();
    else response.writeHead(200).end('x'.repeat(1_000_001));
  });
  expect(await runInProcess(args)).toEqual({
    code: 1,
    out: expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:\d+, application 777, compared with the emulator of connectycube\n\n$/,
    ),
    err: 'users-emulator: no answer to POST /session: it has more than 1 MB\n',
  });
});
