import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CHROMIUM } from '../../scripts/chromium.mjs';
import { createEmulator } from '../../src/index.ts';
import { noBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { installCopy } from '../support/packed.ts';

const folder = temporaryFolder();
beforeAll(() => {
  cpSync(join(import.meta.dirname, 'projects'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  installCopy(folder, ['@playwright/test', 'jest', 'jest-environment-node', 'mocha', 'vitest']);
}, 60_000);

interface Run {
  readonly code: number;
  readonly text: string;
}

/** Runs a program of Node in the folder. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  // the runner must not take itself for a worker of this one
  const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_|USERS_EMULATOR)/.test(name));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { ...Object.fromEntries(outer), CHROMIUM, ...env }, timeout: 170_000, maxBuffer: 1e8 },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, text: out + err }),
    );
  });
}

interface Kit {
  /** The arguments of Node that run tests in a folder. */
  readonly command: (project: string) => readonly string[];
  /** What the runner prints about tests that have passed. */
  readonly passed: RegExp;
  /** A test that fails after one request. */
  readonly failing: Readonly<Record<string, string>>;
}

const FAILING = `async () => {
  await signUp(emulator.url, 'mia');
  throw new Error('a reason');
}`;
const KITS: Readonly<Record<string, Kit>> = {
  jest: {
    command: (project) => [
      'node_modules/jest/bin/jest.js',
      '--testTimeout=60000',
      '--config',
      `${project}/jest.config.js`,
    ],
    passed: /2 passed, 2 total/,
    failing: {
      'jest.config.js': 'module.exports = {};\n',
      'a.test.js': `const { useEmulator } = require('users-emulator/jest');
const { signUp } = require('../sign-up.js');
const emulator = useEmulator({ artifacts: 'failures' });
test('some test', ${FAILING});`,
    },
  },
  node: {
    // releases differ in how they search folders, and in their reporter
    command: (project) => [
      '--test',
      '--test-reporter=tap',
      ...readdirSync(join(folder, project)).map((file) => join(project, file)),
    ],
    passed: /^# pass 2$/m,
    failing: {
      'a.test.mjs': `import test from 'node:test';
import { useEmulator } from 'users-emulator/node';
import { signUp } from '../sign-up.js';
const emulator = useEmulator({ artifacts: 'failures' });
test('some test', ${FAILING});`,
    },
  },
  mocha: {
    command: (project) => [
      'node_modules/mocha/bin/mocha.js',
      '--timeout=60000',
      '--require',
      './node_modules/users-emulator/dist/kits/node.cjs',
      `${project}/*.js`,
    ],
    passed: /2 passing/,
    failing: {
      'a.spec.js': `const { useEmulator } = require('users-emulator/node');
const { signUp } = require('../sign-up.js');
describe('some', () => {
  const emulator = useEmulator({ artifacts: 'failures' });
  it('test', ${FAILING});
});`,
    },
  },
};

/** A runner starts processes and browsers. */
vi.setConfig({ testTimeout: 180_000 });

describe.each(Object.entries(KITS))('the kit for %s', (name, { command, passed, failing }) => {
  test('an emulator that runs is used, and keeps no sandbox', async () => {
    await using emulator = await createEmulator({ seed: true, adminToken: 'a-secret-of-the-tests' });
    const env = { USERS_EMULATOR_URL: emulator.url, USERS_EMULATOR_ADMIN_TOKEN: 'a-secret-of-the-tests' };
    const { code, text } = await run(command(name), env);
    expect(text).toMatch(passed);
    expect(code).toBe(0);
    expect(await emulator.sandboxes.list()).toEqual([]);
    expect((await emulator.warnings()).length).toBe(0);
  });

  test('without one, an emulator starts; a failed test shows its requests, and stores them', async () => {
    const project = `${name}-failing`;
    mkdirSync(join(folder, project), { recursive: true });
    for (const [file, text] of Object.entries(failing)) writeFileSync(join(folder, project, file), text);
    const { code, text } = await run(command(project));
    expect(code).not.toBe(0);
    const [, artifacts = ''] = /users-emulator: (?:some )?test\W+POST \/users 201\W+see (.+)$/m.exec(text) ?? [text];
    expect(readdirSync(join(folder, artifacts))).toEqual(['evidence.json', 'requests.har']);
    const har = JSON.parse(readFileSync(join(folder, artifacts, 'requests.har'), 'utf8'));
    expect(har.log.entries).toMatchObject([{ _operation: 'users.create', response: { status: 201 } }]);
  });
});

describe('the kit for Jest, in an environment without fetch and timers of Node, such as jsdom', () => {
  const project = 'jest-as-jsdom';
  const runIn = (config: object) => {
    writeFileSync(join(folder, project, 'jest.config.json'), JSON.stringify(config));
    return run(['node_modules/jest/bin/jest.js', '--testTimeout=60000', '--config', `${project}/jest.config.json`]);
  };
  beforeAll(() => {
    mkdirSync(join(folder, project));
    const files = {
      'environment.js': `module.exports = class extends require('jest-environment-node').TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of ['fetch', 'setImmediate', 'AbortController', 'Response', 'TextEncoder']) delete this.global[name];
    this.global.URL = class extends URL {
      static canParse = undefined;
    };
  }
};`,
      'a.test.js': `const { useEmulator } = require('users-emulator/jest');
const emulator = useEmulator();
test('some test', async () => expect((await emulator.users.list()).total).toBe(3));
test('connected', async () => {
  const { connect } = require('users-emulator');
  expect((await connect(process.env.USERS_EMULATOR_URL).users.list()).total).toBe(3);
});`,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, project, file), text);
  });
  const environment = { testEnvironment: './environment.js' };

  test('the emulator of globalSetup is used', async () => {
    const setup = { globalSetup: 'users-emulator/jest', globalTeardown: 'users-emulator/jest/teardown' };
    expect((await runIn({ ...environment, ...setup })).text).toMatch(/Tests: +2 passed, 2 total/);
  });

  test('without one, tests report what is missing', async () => {
    const { code, text } = await runIn(environment);
    expect(code).toBe(1);
    expect(text).toContain("add globalSetup: 'users-emulator/jest'");
  });
});

test('the kit for Vitest shows the requests of a failed test', async () => {
  const project = join(folder, 'vitest-failing');
  mkdirSync(project);
  const files = {
    'vitest.config.mjs': "export default { test: { globalSetup: 'users-emulator/vitest', testTimeout: 60_000 } };",
    'a.test.mjs': `import { test } from 'users-emulator/vitest';
import { signUp } from '../sign-up.js';
test('some test', async ({ emulator }) => {
  await signUp(emulator.url, 'mia');
  throw new Error('a reason');
});`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  const { code, text } = await run(['node_modules/vitest/vitest.mjs', 'run', '--root', project]);
  expect(text).toMatch(/users-emulator: some test\n {2}POST \/users 201$/m);
  expect(code).toBe(1);
});

describe.skipIf(noBrowser)('the kit for Playwright', () => {
  const command = (...args: string[]) => ['node_modules/@playwright/test/cli.js', 'test', '--reporter=json', ...args];

  test('pages with production addresses reach the sandbox of their test', async () => {
    await using emulator = await createEmulator({ seed: true });
    const { text } = await run(command('-c', 'playwright'), { USERS_EMULATOR_URL: emulator.url });
    const { stats, suites } = JSON.parse(text);
    expect(stats, JSON.stringify(suites, undefined, 1)).toMatchObject({ expected: 11, unexpected: 0, flaky: 0 });
    expect(await emulator.sandboxes.list()).toEqual([]);
  });

  test('without an emulator, one starts; a failed test prints its requests, and has them among its attachments', async () => {
    writeFileSync(
      join(folder, 'playwright/failing.spec.js'),
      `import { expect, test } from 'users-emulator/playwright';
import { openApp } from './open-app.js';
test('some test', async ({ page, emulator }) => {
  await openApp(page);
  await page.getByLabel('Login').fill('mia');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('Welcome, mia');
  throw new Error('a reason');
});`,
    );
    const { text } = await run(command('-c', 'playwright', 'failing'));
    const [result] = JSON.parse(text).suites[0].specs[0].tests[0].results;
    // Node warns there, too, of variables for colours that contradict each other
    expect(result.stderr).toContainEqual({ text: 'users-emulator: some test\n  POST /users 201\n' });
    const { contentType, body } = result.attachments.find(({ name }: { name: string }) => name === 'requests.har');
    expect(contentType).toBe('application/json');
    const har = JSON.parse(Buffer.from(body, 'base64').toString());
    expect(har.log.entries).toMatchObject([{ _operation: 'users.create', response: { status: 201 } }]);
  });
});
