import { describe, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { raw } from '../support/raw.ts';
import { startCommand } from '../support/running.ts';

const env = { USERS_EMULATOR_STATE_DIR: temporaryFolder() };

describe('a running server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: it ends with 0, and its port is free', async (signal) => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    expect((await raw(ready.url, { method: 'GET', path: '/_emulator/health' })).status).toBe(200);
    expect(await stop(signal)).toBe(0);
    expect(await raw(ready.url, { method: 'GET', path: '/' }).catch(({ code }) => code)).toBe('ECONNREFUSED');
  });

  test('goes on when the reader of its log has gone', async () => {
    const { ready, process, stop } = await startCommand(['--json', '--port', '0', '--log', 'json'], env);
    process.stdout!.destroy();
    for (let times = 0; times < 5; times++)
      expect((await raw(ready.url, { method: 'GET', path: '/users/1' })).status).toBe(403);
    expect(await stop()).toBe(0);
  });

  test('a port that is taken: 3, in one line', async () => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    const { port } = new URL(ready.url);
    const { code, out, err } = await runCommand(['--port', port], { env });
    await stop();
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(`users-emulator: port ${port} is in use: choose another with --port, or 0 for any free one\n`);
  });
});
