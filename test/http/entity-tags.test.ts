import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { BLOX, CUBE, person } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const anna = person(BLOX, 'anna').id;

/** log: `Etag: "fb418c8181f235069c5bfd242f5cbda7"`, and later `Status: 304 Not Modified`, both with the same Cache-Control. */
describe.each(['.json', '.xml'] as const)('quickblox, %s', (suffix) => {
  test('an answer to GET has a tag; a request with that tag gets no body', async () => {
    const sandbox = createTestSandbox(emulator, BLOX, suffix);
    const token = await sandbox.tokenOf(null);
    const first = await sandbox.send(`GET /users/${anna}`, { token });
    const tag = first.headers.get('ETag')!;
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
    for (const known of [tag, `W/${tag}`, `"0", ${tag}`, '*']) {
      const { status, text, headers } = await sandbox.send(`GET /users/${anna}`, {
        token,
        headers: { 'If-None-Match': known },
      });
      expect([status, text, headers.get('ETag')]).toEqual([304, '', tag]);
      expect(Object.fromEntries(headers)).toMatchObject({
        status: '304 Not Modified',
        'quickblox-rest-api-version': '0.1.1',
        'cache-control': 'max-age=0, private, must-revalidate',
        'qb-token-expirationdate': expect.any(String),
      });
    }
  });

  test('changed and other resources are answered in full', async () => {
    const sandbox = createTestSandbox(emulator, BLOX, suffix);
    const token = await sandbox.tokenOf('anna');
    const tagOf = async (path: string) => (await sandbox.send(`GET ${path}`, { token })).headers.get('ETag')!;
    const before = await tagOf(`/users/${anna}`);
    const other = await tagOf(`/users/${person(BLOX, 'ben').id}`);
    expect(other).not.toBe(before);
    await sandbox.send(`PUT /users/${anna}`, { token, params: { user: { phone: '+1 555' } } });
    for (const known of [before, other, '', '"']) {
      const answer = await sandbox.send(`GET /users/${anna}`, { token, headers: { 'If-None-Match': known } });
      expect([answer.status, answer.text.includes('+1 555')]).toEqual([200, true]);
    }
  });

  test('a request with a matching tag still takes effect', async () => {
    const sandbox = createTestSandbox(emulator, BLOX, suffix);
    const token = await sandbox.tokenOf(null);
    const headers = { 'If-None-Match': '*' };
    const { email } = person(BLOX, 'anna');
    expect((await sandbox.send('GET /users/password/reset', { token, headers, params: { email } })).status).toBe(304);
    expect(await sandbox.control.outbox.list({ to: String(email) })).toHaveLength(1);
  });
});

test('errors and answers to other methods have no tag', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const headers = { 'If-None-Match': '*' };
  const app = await sandbox.tokenOf(null);
  const missing = await sandbox.send('GET /users/999999', { token: app, headers });
  expect([missing.status, missing.headers.get('ETag')]).toEqual([404, null]);
  const update = { token: await sandbox.tokenOf('anna'), headers, params: { user: { phone: '1' } } };
  const updated = await sandbox.send(`PUT /users/${anna}`, update);
  expect([updated.status, updated.headers.get('ETag')]).toEqual([200, null]);
});

test('connectycube has no tags (none was logged)', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const answer = await sandbox.send(`GET /users/${person(CUBE, 'anna').id}`, {
    token: await sandbox.tokenOf(null),
    headers: { 'If-None-Match': '*' },
  });
  expect([answer.status, answer.headers.get('ETag')]).toEqual([200, null]);
});
