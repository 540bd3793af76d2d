import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { seeded, sender } from '../support/http.ts';

let emulator: Emulator;
beforeAll(async () => {
  ({ emulator } = await seeded());
});
afterAll(() => emulator.close());

test('an option that is misspelt is refused, and so is an event that is no function', async () => {
  await expect(createEmulator({ sed: true } as EmulatorOptions)).rejects.toThrow(
    /unknown option 'sed'; there is: seed/,
  );
  await expect(createEmulator({ log: 'silent' } as unknown as EmulatorOptions)).rejects.toThrow('log is a function');
});

test.each<[EmulatorOptions, string]>([
  [{ settings: { nope: 1 } }, "createEmulator: settings: unknown setting 'nope'"],
  [{ freezeTime: 'noon' }, "createEmulator: freezeTime: a time is such as 2026-01-01T00:00:00Z, not 'noon'"],
  [{ cert: 'mine.pem' }, 'createEmulator: cert and key go together'],
  [{ seed: { applications: [{ id: 7 }] } }, "the seed can't be used:\n  applications[0].auth_key: is missing"],
  [{ seed: [{ login: 'mia' }, { login: 5 }] }, "the seed can't be used:\n  [1].login: "],
  [{ seed: [{ login: 'mia' }, { login: 'mia' }] }, "the seed can't be used:\n  [1].login: [0] has the same"],
])('%j is refused in the words of the option', async (options, words) => {
  await expect(createEmulator(options)).rejects.toThrow(words);
});

test('a seed may be given as it would stand in a file, and is taken as it is at that moment', async () => {
  const seed = [{ login: 'mia', password: 'secret123' }];
  await using own = await createEmulator({ seed });
  seed[0]!.login = 'changed';
  expect((await own.users.list()).users.map(({ login }) => login)).toEqual(['mia']);
  await own.users.create({ login: 'noah', password: 'secret123' });
  await own.reset();
  expect((await own.users.list()).total).toBe(1);
});

test('a misspelt operation is no request that was never made', async () => {
  const match = { operation: 'users.creat' };
  await expect(emulator.requests.verify({ match, times: 0 })).rejects.toThrow(
    /match.operation: must be one of .*users.create/,
  );
});

test('a misspelt field is named, beside those that there are', async () => {
  await expect(emulator.users.create({ logn: 'mia' } as object)).rejects.toThrow(
    /^logn: not known here; there is: login/,
  );
  await expect(emulator.users.create({ login: 'mia', password: 'secret123', email: 'x' })).rejects.toThrow(
    'email: should look like an email address.',
  );
});

test('what curl sends without being told the type is read for what it looks like', async () => {
  const reset = (body: string) =>
    fetch(`${emulator.url}/_emulator/reset`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body,
    }).then((answer) => answer.json());
  expect(await reset('{"to":"seed"}')).toEqual({ reset: 'seed' });
  expect(await reset('to=seed')).toEqual({ reset: 'seed' });
  expect(await reset('{"too":"seed"}')).toMatchObject({ status: 422, detail: 'too: is not known here' });
});

test('an address without its scheme is one over http', async () => {
  const here = connect(emulator.url.replace('http://', ''));
  expect((await here.users.list()).total).toBe(3);
});

test('a suffix that is no format of the service is a part of the path', async () => {
  const { token } = await emulator.sessions.create();
  const answer = await sender(emulator.url)('GET /users/51941.xml', { token });
  expect([answer.status, answer.text]).toEqual([404, '{"errors":{"base":["No route matches GET /users/51941.xml"]}}']);
});

test('an application stands in a fixture once', async () => {
  const app = { id: 7, auth_key: 'seven' };
  await expect(emulator.import({ applications: [app, app] })).rejects.toThrow(
    'applications[1].id: applications[0] has the same',
  );
});
