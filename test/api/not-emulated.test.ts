import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moduleOf, NOT_EMULATED } from '../../src/api/modules.ts';
import type { Emulator } from '../../src/index.ts';
import { SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

describe.each(SERVICES)('B16: modules of $name that are not emulated', (service) => {
  test.each(NOT_EMULATED)('%s is 501, with and without a token, for every method and subpath', async (path) => {
    const sandbox = createTestSandbox(emulator, service, '.json');
    const token = await sandbox.tokenOf('anna');
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      for (const more of ['', '/5', '/5/more']) {
        if (`${method} ${path}${more}` === 'DELETE /session/list') continue;
        const options = { method, path: path + more, module: moduleOf(path) ?? '' };
        expectError(await sandbox.send(`${method} ${path}${more}`, { token }), service, 'not_emulated', options);
        expectError(await sandbox.send(`${method} ${path}${more}`), service, 'not_emulated', options);
      }
    }
  });

  test.each(['/usersonline', '/datas', '/chats'])('%s is an unknown route instead', async (path) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await sandbox.send(`GET ${path}`, { token: await sandbox.tokenOf('anna') });
    expectError(answer, service, 'route_unknown', { method: 'GET', path });
  });

  test.each(['/users/onlin', '/users/onlines'])('%s is a user with a wrong id instead', async (path) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await sandbox.send(`GET ${path}`, { token: await sandbox.tokenOf('anna') });
    expectError(answer, service, 'bad_user_id', { field: 'id' });
  });
});

/** The SDKs' modules around users and sessions that are not emulated, by name, so that none is forgotten. */
test.each(['/session/list', '/session/web', '/address_book', '/chat', '/subscriptions', '/unfurl'])(
  '%s is listed as not emulated',
  (path) => {
    expect(NOT_EMULATED).toContain(path);
  },
);
