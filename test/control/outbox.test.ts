import { connect as openSocket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { NOW, sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const DACIA = 'dacia_k@domain.com';
const PALLAVI = 'pavallip@domain.com';

describeEachTransport({}, (context) => {
  const requestReset = async (email: string) =>
    context.send(`GET /users/password/reset?email=${email}`, { token: await context.tokenOf(null) });

  test('numbers of mails continue after imported ones', async () => {
    await requestReset(DACIA);
    const { outbox, ...state } = await context.client.export();
    const id = 'mail-000041-abcdef';
    await context.client.import({ ...state, outbox: [{ ...outbox![0]!, id, to: 'old@domain.com' }] } as never);
    await requestReset(PALLAVI);
    const mails = await context.client.outbox.list();
    expect(mails.map((mail) => [mail.to, mail.id.slice(0, 12)])).toEqual([
      [PALLAVI, 'mail-000042-'],
      ['old@domain.com', 'mail-000041-'],
    ]);
  });

  test('mails are listed newest first and by address, with everything that a test needs', async () => {
    await context.client.clock.freeze(NOW);
    await requestReset(DACIA);
    await requestReset(PALLAVI);
    const [newest, first] = await context.client.outbox.list();
    expect(newest).toMatchObject({ to: PALLAVI });
    expect(first).toMatchObject({
      type: 'password_reset',
      to: DACIA,
      subject: 'ConnectyCube: password reset',
      created_at: NOW,
    });
    expect(first!.link.startsWith(`${context.client.url}/_emulator/reset-password?application_id=230&token=`)).toBe(
      true,
    );
    expect(first!.text).toContain(first!.link);
    expect(first!.html).toContain(`<a href="${first!.link.replace('&', '&amp;')}">`);
    expect(await context.client.outbox.list({ to: DACIA.toUpperCase() })).toEqual([first]);
    expect(await context.client.outbox.get(first!.id)).toEqual(first);
    const part = (suffix: string) => fetch(`${context.client.url}/_emulator/outbox/${first!.id}${suffix}`);
    expect(await (await part('.html')).text()).toBe(first!.html);
    expect(await (await part('.txt')).text()).toBe(first!.text);

    await context.client.outbox.clear();
    expect(await context.client.outbox.list()).toEqual([]);
    expect(await rejectionOf(context.client.outbox.get(first!.id))).toMatchObject({ status: 404 });
    expect((await fetch(first!.link)).status).toBe(404);
  });

  describe('waiting', () => {
    test('ends at once if the mail is already there', async () => {
      await requestReset(DACIA);
      expect(await context.client.outbox.waitFor()).toMatchObject({ to: DACIA });
    });

    test('ends for every waiter, each with its mail', async () => {
      const waiting = [DACIA, DACIA, PALLAVI, undefined].map((to) =>
        context.client.outbox.waitFor({ timeout: '10s', ...(to !== undefined && { to }) }),
      );
      await requestReset(DACIA);
      const first = await Promise.all([waiting[0], waiting[1], waiting[3]]);
      expect(first.map((mail) => mail!.to)).toEqual([DACIA, DACIA, DACIA]);
      await requestReset(PALLAVI);
      expect(await waiting[2]).toMatchObject({ to: PALLAVI });
    });

    test('ends after the time limit with an error that names the address and the time', async () => {
      await requestReset(PALLAVI);
      const started = performance.now();
      await expect(context.client.outbox.waitFor({ to: DACIA, timeout: 150 })).rejects.toThrow(
        `no mail to ${DACIA} arrived within 150`,
      );
      expect(performance.now() - started).toBeGreaterThanOrEqual(140);
      expect(await rejectionOf(context.client.outbox.waitFor({ timeout: '1h' }))).toMatchObject({ status: 422 });
    });

    test("uses the machine's time: a frozen clock does not stop it", async () => {
      await context.client.clock.freeze();
      await expect(context.client.outbox.waitFor({ timeout: 50 })).rejects.toThrow('no mail arrived');
    });

    test('continues through a reset', async () => {
      const waiting = context.client.outbox.waitFor({ timeout: '10s' });
      await context.client.reset();
      await requestReset(DACIA);
      expect(await waiting).toMatchObject({ to: DACIA });
    });
  });
});

/** The time of `wait=3m` (ms). */
const WAIT = 180_000;

/** Watches the timers of waiters, by their time. @returns the number of running ones */
function watchTimers(): () => number {
  const started = vi.spyOn(globalThis, 'setTimeout');
  const stopped = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => {
    started.mockRestore();
    stopped.mockRestore();
  });
  return () => {
    const ended = new Set(stopped.mock.calls.map(([timer]) => timer));
    const timers = started.mock.results.filter((_, call) => started.mock.calls[call]?.[1] === WAIT);
    return timers.filter(({ value }) => !ended.has(value)).length;
  };
}

test('waiters whose clients are gone are removed', async () => {
  await using emulator = await createEmulator({ seed: true });
  const { hostname, port } = new URL(emulator.url);
  const timers = watchTimers();
  const sockets = Array.from({ length: 50 }, () => openSocket(Number(port), hostname));
  for (const socket of sockets) socket.write('GET /_emulator/outbox?wait=3m HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await expect.poll(timers).toBe(50);
  for (const socket of sockets) socket.destroy();
  await expect.poll(timers).toBe(0);
});

test('closing the emulator ends all waiters', async () => {
  const emulator = await createEmulator({ seed: true });
  const timers = watchTimers();
  const waiting = fetch(`${emulator.url}/_emulator/outbox?wait=3m`).then(
    () => 'answered',
    () => 'ended',
  );
  const inProcess = emulator.outbox.waitFor({ timeout: '3m' }).catch(() => 'ended');
  await expect.poll(timers).toBe(2);
  await emulator.close();
  const later = emulator.outbox.waitFor({ timeout: '3m' }).catch(() => 'ended');
  expect([await waiting, await inProcess, await later]).toEqual(['ended', 'ended', 'ended']);
});

test('--deterministic: the link of a mail is the same in every run', async () => {
  const link = async () => {
    await using emulator = await createEmulator({ seed: true, deterministic: true });
    const { token } = await emulator.sessions.create();
    await sender(emulator.url)(`GET /users/password/reset?email=${DACIA}`, { token });
    const { link, id } = await emulator.outbox.waitFor({ to: DACIA });
    return [new URL(link).search, id];
  };
  const first = await link();
  expect(first[0]).toMatch(/^\?application_id=230&token=[0-9a-f]{64}$/);
  expect(await link()).toEqual(first);
});
