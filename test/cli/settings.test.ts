import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, createEmulator, type Emulator } from '../../src/index.ts';
import { SETTING_NAMES } from '../../src/model/settings.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';
import { startCommand } from '../support/running.ts';
import { BLOX, CUBE } from '../support/services.ts';

/** A value of each setting that no service has by default. */
const OTHER = {
  disable_list_users_v1: [false, true],
  allow_list_users: false,
  allow_online_users: false,
  create_user_on_session: [false, true],
  reset_password_by_email: false,
  password_min_length: 12,
  session_ttl: 60,
  require_signature: [true, false],
  check_nonce: true,
  disable_lookups_v1: true,
  check_blob_id: true,
  unique_phone: true,
  null_bodies: [true, false],
  providers: 'facebook,twitter',
  account_owner: 'anna',
  api_key: 'k-1=2',
  rate_limit: '7/60',
} as const;

type Value = boolean | number | string;

/** The settings other than each application's defaults. */
const otherOf = (index: 0 | 1): Record<string, Value> =>
  Object.fromEntries(Object.entries(OTHER).map(([name, value]) => [name, Array.isArray(value) ? value[index] : value]));
const CUBES = otherOf(0);
const BOTH = [
  [CUBE, CUBES],
  [BLOX, otherOf(1)],
] as const;
const assignments = Object.entries(CUBES).map(([name, value]) => `${name}=${value}`);

test('every setting has another value here', () => {
  expect(Object.keys(OTHER)).toEqual(SETTING_NAMES);
});

describe('every setting at the start, for all applications, also after a reset and in other sandboxes', () => {
  const folder = temporaryFolder();
  const state = { USERS_EMULATOR_STATE_DIR: temporaryFolder() };
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ set: CUBES }));
  const port = ['--json', '--port', '0'];

  test.each<[string, string[], Record<string, string>]>([
    ['--set', assignments.flatMap((each) => ['--set', each]), {}],
    ['USERS_EMULATOR_SET', [], { USERS_EMULATOR_SET: assignments.join(',') }],
    ['a config file', ['--config', config], {}],
  ])('by %s', async (_, args, env) => {
    const { ready, stop } = await startCommand([...port, ...args], { ...state, ...env });
    const emulator = connect(ready.url);
    for (const { app } of [CUBE, BLOX]) {
      const of = { app: app.id };
      expect(await emulator.settings.get(of)).toEqual(CUBES);
      await emulator.settings.set({ session_ttl: 5, providers: 'none' }, of);
      await emulator.reset();
      expect(await emulator.settings.get(of)).toEqual(CUBES);
      expect(await emulator.sandbox('other').settings.get(of)).toEqual(CUBES);
    }
    expect(await stop()).toBe(0);
  });

  test('B12: by flags, a variable and a file together, setting by setting', async () => {
    const args = ['--config', config, '--set', 'session_ttl=5'];
    const { ready, stop } = await startCommand([...port, ...args], {
      ...state,
      USERS_EMULATOR_SET: 'session_ttl=6,password_min_length=9',
    });
    expect(await connect(ready.url).settings.get()).toEqual({ ...CUBES, session_ttl: 5, password_min_length: 9 });
    expect(await stop()).toBe(0);
  });

  test('by a fixture, for its application alone', async () => {
    const { id, auth_key } = CUBE.app;
    const seed = { applications: [{ id, auth_key, dialect: 'connectycube', settings: CUBES, users: [] }] };
    await using emulator = await createEmulator({ seed });
    const ofOther = await emulator.settings.get({ app: BLOX.app.id });
    await emulator.reset();
    expect(await emulator.settings.get({ app: id })).toEqual(CUBES);
    expect(await emulator.settings.get({ app: BLOX.app.id })).toEqual(ofOther);
    expect(ofOther).not.toEqual(CUBES);
  });

  test('by createEmulator', async () => {
    await using emulator = await createEmulator({ settings: CUBES });
    await emulator.reset();
    for (const { app } of [CUBE, BLOX]) expect(await emulator.settings.get({ app: app.id })).toEqual(CUBES);
  });

  const wrong = join(folder, 'wrong.json');
  test.each<[string, string[], Record<string, string>, number]>([
    ['--set', ['--set', 'password_min_length=41'], {}, 2],
    ['USERS_EMULATOR_SET', [], { USERS_EMULATOR_SET: 'password_min_length=41' }, 2],
    [`config file ${wrong}, set`, ['--config', wrong], {}, 4],
  ])('B14: a password_min_length that no password reaches, refused: %s', async (source, args, env, exitCode) => {
    writeFileSync(wrong, '{"set":{"password_min_length":41}}');
    expect(await runInProcess(['start', ...port, ...args], { ...state, ...env })).toEqual({
      code: exitCode,
      out: '',
      err: `users-emulator: ${source}: setting 'password_min_length' is a whole number from 1 to 40, not '41'\n`,
    });
  });
});

describe('a setting of a running emulator, for one application until a reset', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await createEmulator();
  });
  afterAll(() => emulator.close());

  /** Each way to change a setting. */
  const WAYS: Readonly<Record<string, (app: number, name: string, value: Value) => Promise<unknown>>> = {
    'in process': (app, name, value) => emulator.settings.set({ [name]: value }, { app }),
    PATCH: (app, name, value) =>
      rawRequest(emulator.url, {
        method: 'PATCH',
        path: `/_emulator/settings?app=${app}`,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ [name]: value }),
      }),
    'settings set': (app, name, value) =>
      runInProcess(['settings', 'set', `${name}=${value}`, '--app', String(app), '--url', emulator.url]),
  };

  describe.each(Object.entries(WAYS))('by %s', (_, change) => {
    test.each(SETTING_NAMES)('%s', async (name) => {
      for (const [{ app }, values] of BOTH) {
        const before = await emulator.settings.get({ app: app.id });
        const other = BOTH.find(([each]) => each.app !== app)![0].app.id;
        const ofOther = await emulator.settings.get({ app: other });
        await change(app.id, name, values[name]!);
        expect(await emulator.settings.get({ app: app.id })).toEqual({ ...before, [name]: values[name] });
        expect(values[name]).not.toEqual(before[name]);
        expect(await emulator.settings.get({ app: other })).toEqual(ofOther);
        await emulator.reset();
        expect(await emulator.settings.get({ app: app.id })).toEqual(before);
      }
    });
  });
});
