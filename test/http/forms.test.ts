import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { type Params, rawRequest } from '../support/http.ts';
import { BLOX, CUBE, SERVICES, type Service } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { carrying, WIRE_FORMS } from '../support/wire.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const NEW = { login: 'newbie', password: 'newbieSecret' };

describe.each(SERVICES)('$name', (service) => {
  describe.each(WIRE_FORMS)('in %s', (form) => {
    async function signUp(params: Params) {
      const sandbox = createTestSandbox(emulator, service);
      const request = carrying(form, { method: 'POST', path: '/users' }, params);
      const headers = { ...service.headers, ...request.headers, [service.tokenHeader]: await sandbox.tokenOf(null) };
      const { status, json } = await rawRequest(sandbox.control.url, { ...request, headers });
      return { status, user: json.user ?? json };
    }

    test.each(['undefined', 'null', ''])('B15: the tags %j of JavaScript are none', async (tag_list) => {
      const { status, user } = await signUp({ user: { ...NEW, tag_list } });
      expect([status, user.user_tags]).toEqual([201, null]);
    });

    test('B15: a tag in a list may have any name', async () => {
      const { status, user } = await signUp({ user: { ...NEW, tag_list: ['null', 'a'] } });
      expect([status, user.user_tags]).toEqual([201, ['null', 'a'].join(service.tags)]);
    });

    test('C11: tags as a list, stray keys and empty ids', async () => {
      const ids = { external_user_id: '', facebook_id: '', twitter_id: '' };
      const given = { ...NEW, ...ids, tag_list: ['a', 'b'], stray: '1' };
      const { status, user } = await signUp({ user: given, stray: { a: '1' } });
      expect([status, user.user_tags, user.external_user_id, user.facebook_id, user.twitter_id]).toEqual([
        201,
        ['a', 'b'].join(service.tags),
        null,
        null,
        null,
      ]);
    });
  });
});

test('Q22: a search for a name of one or two letters is answered, with a warning', async () => {
  const warningsOf = async (service: Service, name: string) => {
    const { send, control, tokenOf } = createTestSandbox(emulator, service);
    const answer = await send(`GET /users/by_full_name?full_name=${name}`, { token: await tokenOf(null) });
    expect(answer.status).toBe(200);
    return (await control.warnings()).map(({ message }) => message);
  };
  const text = "GET /users/by_full_name: 'full_name' with fewer than 3 characters";
  expect(await warningsOf(BLOX, 'an')).toEqual([text]);
  expect(await warningsOf(BLOX, 'ann')).toEqual([]);
  expect(await warningsOf(CUBE, 'an')).not.toContain(text);
});

test('a query means the same each time: a body beside it, and another method, have their own parameters', async () => {
  const { send, control, tokenOf } = createTestSandbox(emulator, CUBE);
  const token = await tokenOf(null);
  const query = 'id[in][]=1&limit=5&limit=6&user[login]=first&user[login]=second';
  await send(`GET /users?${query}`, { token });
  await send(`GET /users?${query}`, { token, body: { limit: '7' } });
  await send(`GET /users?${query}`, { token });
  await send(`POST /users?${query}`, { token });
  const entries = await control.requests.list();
  const params = entries.map(({ method, request }) => ({ method, ...request.params }));
  const shared = { method: 'GET', id: { in: ['1'] }, limit: ['5', '6'], user: { login: ['first', 'second'] } };
  expect(params).toEqual([
    shared,
    { ...shared, limit: '7' },
    shared,
    { method: 'POST', id: { in: ['1'] }, limit: '6', user: { login: 'second' } },
  ]);
});
