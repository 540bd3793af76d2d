import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createEmulator } from '../../../src/index.ts';

/** A program in the way of the SDK's guide. Nothing ends its process. */
const PROGRAM = `
  const ConnectyCube = require('connectycube').default;
  const [url, chat_url] = process.argv.slice(1);
  const credentials = { appId: 230, authKey: '29WfrNWdvkhmX6V' };
  ConnectyCube.init(credentials, { endpoints: { api_url: url, api: 'x', chat: 'localhost', chat_url }, debug: { mode: 0 } });
  (async () => {
    const { user_id, token } = await ConnectyCube.createSession({ login: 'Dacia', password: 'petU4or!' });
    const refusal = await ConnectyCube.chat.connect({ userId: user_id, password: 'wrong' }).catch((reason) => reason);
    await ConnectyCube.chat.disconnect();
    await ConnectyCube.chat.connect({ userId: user_id, password: token });
    await ConnectyCube.chat.disconnect();
    await ConnectyCube.logout();
    console.log(JSON.stringify({ refusal }));
  })();
`;

test('a Node.js process connects over plain http, and ends by itself after the log-out', async () => {
  await using emulator = await createEmulator({ seed: true });
  const child = spawn(process.execPath, ['-e', PROGRAM, emulator.url, emulator.chatUrl], { timeout: 30_000 });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(JSON.parse(output)).toEqual({ refusal: 'not-authorized' });
  expect(await emulator.requests.list({ operation: 'chat.connect' })).toMatchObject([{ status: 401 }, { status: 101 }]);
});
