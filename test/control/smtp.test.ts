import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { connect, createEmulator, type RemoteEmulator } from '../../src/index.ts';
import { sender } from '../support/http.ts';
import { startCommand } from '../support/running.ts';

const DACIA = 'dacia_k@domain.com';
const opened: { close(done?: () => void): unknown }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => new Promise<void>((done) => void each.close(done)))));

interface Received {
  readonly to: readonly string[];
  /** The message without quoted-printable line breaks and escapes. */
  readonly message: string;
}

/** A real mail server. @param refuse the error text for every recipient */
async function mailServer(refuse?: string): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => done(null, { user: 'someone' }),
    onRcptTo: (_address, _session, done) => done(refuse === undefined ? null : new Error(refuse)),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const message = raw
          .replace(/=\r\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), message });
        done();
      });
    },
  });
  opened.push(server);
  return { url: await addressOf(server.listen(0, '127.0.0.1')), received };
}

async function addressOf(server: Server): Promise<string> {
  if (!server.listening) await new Promise((ready) => server.once('listening', ready));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Requests a reset mail. @returns the answer's status, and the mail in the outbox */
async function requestMail(emulator: Pick<RemoteEmulator, 'url' | 'sessions' | 'outbox'>) {
  const { token } = await emulator.sessions.create();
  const { status } = await sender(emulator.url)(`GET /users/password/reset?email=${DACIA}`, { token });
  const [mail] = await emulator.outbox.list();
  return { status, mail: mail! };
}

test('a mail goes to the outbox and to the mail server, with the link', async () => {
  const { url, received } = await mailServer();
  await using emulator = await createEmulator({ seed: true, smtp: `smtp://${url}` });
  const { status, mail } = await requestMail(emulator);
  expect(status).toBe(200);
  await expect.poll(() => received).toHaveLength(1);
  const [{ to, message }] = received as [Received];
  expect(to).toEqual([DACIA]);
  expect(message).toContain(`Subject: ${mail.subject}`);
  expect(message).toContain(`To: ${DACIA}`);
  expect(message).toMatch(/^Content-Type: text\/plain/m);
  expect(message).toMatch(/^Content-Type: text\/html/m);
  // once as text; in HTML, escaped, as an address and as its words
  expect(message.split(mail.link)).toHaveLength(2);
  expect(message.split(mail.link.replace('&', '&amp;'))).toHaveLength(3);

  await emulator.reset();
  await requestMail(emulator);
  await expect.poll(() => received).toHaveLength(2);
});

test('mails of sandboxes are sent on, those of a restored state not again', async () => {
  const { url, received } = await mailServer();
  await using emulator = await createEmulator({ seed: true, smtp: `smtp://${url}` });
  const { token } = await emulator.sandbox('w1').sessions.create();
  const { url: base } = emulator.sandbox('w1');
  await sender(base)(`GET /users/password/reset?email=${DACIA}`, { token });
  await expect.poll(() => received).toHaveLength(1);
  expect(received[0]!.message).toContain('/sandbox/w1/_emulator/reset-password?application_id=');
  await emulator.sandbox('w1').snapshot('a');
  await emulator.sandbox('w1').restore('a');
  await requestMail(emulator);
  await expect.poll(() => received).toHaveLength(2);
  expect(received[1]!.message).not.toContain('/sandbox/');
});

test('the built command line sends mails on, too', async () => {
  const { url, received } = await mailServer();
  const running = await startCommand(['--port=0', '--seed', '--json', '--log=silent', `--smtp=smtp://${url}`]);
  onTestFinished(async () => void (await running.stop()));
  await requestMail(connect(running.ready.url));
  await expect.poll(() => received).toHaveLength(1);
});

test("a refused mail is reported once, without the mail server's password", async () => {
  const { url } = await mailServer('no such mailbox here');
  const warn = vi.fn();
  await using emulator = await createEmulator({ seed: true, smtp: `smtp://someone:hush@${url}`, warn });
  const { status, mail } = await requestMail(emulator);
  expect(status).toBe(200);
  await expect.poll(() => warn.mock.calls).toHaveLength(1);
  const message = String(warn.mock.calls[0]![0]);
  expect(message).toContain(mail.id);
  expect(message).toContain(`smtp://${url}`);
  expect(message).toContain('no such mailbox here');
  expect(message).not.toContain('hush');
});

test('the API answers as usual if no mail server listens', async () => {
  const gone = createServer();
  const url = await addressOf(gone.listen(0, '127.0.0.1'));
  await new Promise<void>((done) => void gone.close(() => done()));
  const warn = vi.fn();
  await using emulator = await createEmulator({ seed: true, smtp: `smtp://${url}`, warn });
  expect((await requestMail(emulator)).status).toBe(200);
  await expect.poll(() => warn.mock.calls).toHaveLength(1);
  expect(warn.mock.calls[0]![0]).toContain('ECONNREFUSED');
});

test('a mail server that never answers delays neither the API nor the shutdown', async () => {
  const sockets: { destroy(): void }[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  const url = await addressOf(silent.listen(0, '127.0.0.1'));
  const started = performance.now();
  {
    await using emulator = await createEmulator({ seed: true, smtp: `smtp://${url}` });
    expect((await requestMail(emulator)).status).toBe(200);
    await expect.poll(() => sockets).toHaveLength(1);
  }
  expect(performance.now() - started).toBeLessThan(5_000);
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((done) => void silent.close(() => done()));
});
