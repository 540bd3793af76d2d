import { expect, test } from 'vitest';
import { startCommand } from '../support/running.ts';

const multipart = (body: string) => ({
  method: 'POST',
  headers: { 'Content-Type': 'multipart/form-data; boundary=XX' },
  body: Buffer.from(body, 'latin1'),
});

/** An error event without a listener ends a process, but not one in which Vitest runs. */
test.each([
  ['a file that is cut off', '--XX\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nab', 400],
  [
    'half a character',
    '--XX\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\n\x00\xd8\r\n--XX--\r\n',
    403,
  ],
])('%s does not end the process', async (_name, body, status) => {
  const { ready, process } = await startCommand(['--seed', '--port', '0', '--json', '--log', 'silent']);
  expect((await fetch(`${ready.url}/users`, multipart(body))).status).toBe(status);
  await new Promise((done) => setTimeout(done, 50));
  expect((await fetch(`${ready.url}/_emulator/health`)).status).toBe(200);
  expect(process.exitCode).toBeNull();
});
