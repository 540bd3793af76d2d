import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import builtInFixture from '../../fixtures/users.json' with { type: 'json' };
import { readConfig } from '../../src/config/config.ts';
import type { OptionRow } from '../../src/config/option-row.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from '../../src/config/options.ts';
import { checkShape } from '../../src/fixtures/schema.ts';
import { createEmulator } from '../../src/index.ts';
import { APP_BOOT } from '../../src/sandbox/app-boot.ts';
import { CODE_BLOCKS, readDocument } from '../support/documents.ts';
import { sender } from '../support/http.ts';
import { configSchema, fixtureSchema } from '../support/json-schemas.ts';

const SCHEMAS = { 'config.json': configSchema(), 'fixture.json': fixtureSchema() };
const ajv = new Ajv({ strictTypes: false, strictTuples: false });
const isConfig = ajv.compile(SCHEMAS['config.json']);
const isFixture = ajv.compile(SCHEMAS['fixture.json']);

describe.each(Object.entries(SCHEMAS))('schema/%s', (name, schema) => {
  const text = `${JSON.stringify(schema, null, 2)}\n`;

  test('is up to date', async () => {
    await expect(text).toMatchFileSnapshot(`../../schema/${name}`);
  });

  test('is served, without the admin token', async () => {
    await using emulator = await createEmulator({ adminToken: 'open-sesame' });
    const { status, headers, text: served } = await sender(emulator.url)(`GET /_emulator/schema/${name}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/schema+json; charset=utf-8']);
    expect(served).toBe(readDocument(`schema/${name}`));
    for (const other of ['none.json', '..%2fpackage.json', 'config'])
      expect((await sender(emulator.url)(`GET /_emulator/schema/${other}`)).status).toBe(404);
  });
});

/** Values that an option may have in a config file, and values that it may not. */
type Values = readonly [right: readonly unknown[], wrong: readonly unknown[]];

/** Those of options whose rows don't tell. */
const VALUES: Partial<Record<OptionName, Values>> = {
  seed: [[true, 'users.json', { applications: [] }, [{ login: 'mia' }]], [7]],
  app: [
    ['7:key', ['7:key', '8:other:secret']],
    [7, [7]],
  ],
  set: [[{ session_ttl: 60, providers: 'all' }, 'session_ttl=60', ['session_ttl=60']], [7]],
  port: [
    [0, 4230],
    [-1, 65536, 1.5, {}],
  ],
  chat: [
    [true, false, 5291],
    [-1, 'on'],
  ],
  latency: [
    [0, 200, '200', '50-200'],
    [-1, '200ms', true],
  ],
  fault: [
    ['users.create:503x2', ['any:503'], { match: { operation: 'users.list' }, status: 503 }],
    [7, [7]],
  ],
  stub: [
    ['app-boot', ['stubs.json'], { match: 'GET /x', json: [] }, [{ match: 'GET /x' }]],
    [7, [7]],
  ],
  freezeTime: [['2026-01-01T00:00:00Z'], [7, true]],
  deterministic: [[true, false, 'seed'], [7]],
  journal: [
    [5000, '5000', '5000:64MB'],
    [0, 'many', true],
  ],
  smtp: [['smtp://127.0.0.1:1025'], [7]],
  intercept: [[true, 'api.example.com', ['a.example.com', 'b.example.com']], [7]],
  allow: [['api.example.com', ['a.example.com']], [7]],
};

/** Those of options that are on or off, a word, or any text. */
function valuesOfRow({ flags, choices }: OptionRow<unknown>): Values {
  if (choices) return [choices, ['other', true]];
  return flags.endsWith('>')
    ? [['some.text'], [true, 7]]
    : [
        [true, false],
        ['yes', 7],
      ];
}

const options = (name: OptionName, value: unknown) => ({
  ...(name === 'key' ? { cert: 'a.pem' } : name === 'cert' && { key: 'a.pem' }),
  [name]: value,
});

describe.each(OPTION_NAMES)('the option %s in a config file', (name) => {
  const [right, wrong] = VALUES[name] ?? valuesOfRow(OPTIONS[name]);
  test.each(right.map((value) => [value]))('%j: allowed', (value) => {
    const content = { $schema: './config.json', ...options(name, value) };
    expect(isConfig(content), JSON.stringify(isConfig.errors)).toBe(true);
    expect(() => readConfig({}, { file: { path: 'config.json', content } })).not.toThrow();
  });
  test.each(wrong.map((value) => [value]))('%j: refused', (value) => {
    const content = options(name, value);
    expect(isConfig(content)).toBe(false);
    expect(() => readConfig({}, { file: { path: 'config.json', content } })).toThrow(name);
  });
});

test('$schema in a config file is for editors alone', () => {
  const file = { path: 'config.json', content: { $schema: './config.json', port: 1 } };
  expect(readConfig({}, { file }).port).toBe(1);
});

test.each([
  [{ prot: 1 }, false],
  [{ 'any-app': true, faults: ['any:503'], 'admin-token': 'x' }, true],
  [{ 'any-app': 'perhaps' }, false],
  [[], false],
])('%j as a config file: %s', (content, expected) => {
  expect(isConfig(content)).toBe(expected);
});

test('the built-in fixture, exports and the ready stubs are fixtures for the schema, too', async () => {
  await using emulator = await createEmulator({ seed: true, stubs: ['app-boot'] });
  await emulator.sessions.create({ user: 'Dacia' });
  await emulator.snapshot('before');
  const exported = await emulator.export();
  const stubs = APP_BOOT.map(({ stub }) => stub);
  const application = { id: 7, auth_key: 'k', settings: { rate_limit: 'off' }, stubs };
  for (const fixture of [
    builtInFixture,
    exported,
    { applications: [application] },
    [{ login: 'mia' }],
    { $schema: 'x', applications: [] },
  ])
    expect(isFixture(fixture), JSON.stringify(isFixture.errors)).toBe(true);
});

test.each([
  [{ applications: [{ id: 7 }] }, 'applications[0].auth_key: is missing'],
  [
    { applications: [{ id: 7, auth_key: 'k', users: [{ pasword: 'x' }] }] },
    'applications[0].users[0].pasword: is not a field of a user: did you mean password?',
  ],
  [
    { users: [] },
    'users: is not part of a fixture: give it to an application, or make the list of users the whole file',
  ],
  [{ applications: [{ id: 7, auth_key: 'k', users: [{ id: 'x' }] }] }, 'applications[0].users[0].id: must be a number'],
])('%j is no fixture, neither for the schema nor for the program', (fixture, message) => {
  expect(isFixture(fixture)).toBe(false);
  expect(() => checkShape(fixture)).toThrow(message);
});

test("the documents' config files and fixtures are valid", () => {
  const files = CODE_BLOCKS.filter(({ language }) => language === 'json').map(({ code }) => JSON.parse(code));
  const fixtures = files.filter((file) => 'applications' in file);
  const configs = files.filter((file) => ['seed', 'port', 'data'].some((name) => name in file));
  expect([fixtures.length, configs.length].every((count) => count > 0)).toBe(true);
  for (const file of fixtures) expect(isFixture(file), JSON.stringify(isFixture.errors)).toBe(true);
  for (const file of configs) expect(isConfig(file), JSON.stringify(isConfig.errors)).toBe(true);
  expect(readDocument('docs/reference/options.md')).toContain('schema/config.json');
});
