import { expect, test } from 'vitest';
import { connect, type RemoteEmulator } from '../../src/index.ts';
import { summaryOf } from '../../src/kits/artifacts.ts';
import { useEmulator } from '../../src/kits/node.ts';
import { sandboxNameOf } from '../../src/kits/test-sandbox.ts';
import { emulatorOfRun } from '../support/run-emulator.ts';

const emulator = emulatorOfRun();

type Hook = (...args: unknown[]) => Promise<void>;

/** A framework that runs its tests when it is told to. */
class Framework {
  readonly used: RemoteEmulator;
  before: Hook = async () => {};
  after: Hook = async () => {};

  constructor() {
    this.used = useEmulator({
      beforeEach: (hook: Hook) => (this.before = hook),
      afterEach: (hook: Hook) => (this.after = hook),
      after: () => {},
    });
  }

  /** Runs a test, of which both hooks get the context, as in node:test. */
  async run(name: string, body: () => unknown) {
    await this.before({ name });
    await body();
    await this.after({ name });
  }
}

test('each test has another sandbox, and leaves none', async () => {
  const framework = new Framework();
  const { used } = framework;
  const seen: string[] = [];
  for (const name of ['signs up', 'signs up', 'does nothing'])
    await framework.run(name, async () => {
      if (name === 'does nothing') return;
      await used.users.create({ login: 'mia', password: 'secret123' });
      seen.push(used.url);
      expect(await emulator().sandboxes.list()).toHaveLength(1);
    });
  expect(new Set(seen).size).toBe(2);
  expect(seen[0]).toMatch(/\/sandbox\/signs-up-[a-z]{6}\d+$/);
  expect(await emulator().sandboxes.list()).toEqual([]);
});

test('between tests there is no sandbox, and tests that run at the same time have to name theirs', async () => {
  const framework = new Framework();
  expect(() => framework.used.url).toThrow('no test is running now');
  await framework.before({ name: 'one' });
  expect(framework.used.url).toContain('/sandbox/one-');
  await framework.before({ name: 'two' });
  expect(() => framework.used.url).toThrow('for tests that run at the same time, use connect(url).sandbox(name)');
  await framework.after({ name: 'one' });
  await framework.after({ name: 'two' });
});

test.each([
  ['signs up', 0, /^signs-up-[a-z]{6}\d+$/],
  ['signs up', 2, /^signs-up-retry2-[a-z]{6}\d+$/],
  ['§ 1: größer > "kleiner"', 0, /^1-gr-er-kleiner-[a-z]{6}\d+$/],
  ['ü', 0, /^test-[a-z]{6}\d+$/],
  ['', 0, /^test-[a-z]{6}\d+$/],
  ['..', 0, /^test-[a-z]{6}\d+$/],
  ['x'.repeat(200), 1, /^x{30,60}-retry1-[a-z]{6}\d+$/],
])('the test %j, repeated %i times, has a name that sandboxes can have', (title, retry, expected) => {
  const names = [1, 2].map(() => sandboxNameOf(title, retry));
  expect(names[0]).toMatch(expected);
  expect(names[0]).not.toBe(names[1]);
  expect(names[0]?.length).toBeLessThanOrEqual(64);
});

test('the summary of a failed test has the errors of its requests, in the words of the answers', async () => {
  const post = (path: string, body: object) =>
    fetch(emulator().url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
      body: JSON.stringify(body),
    });
  await post('/session', { application_id: 4321, auth_key: 'unknown' });
  await post('/users', { user: { login: 'a', password: 'secret123' } });
  await post('/users', { user: { login: 'mia', password: 'secret123' } });
  await fetch(`${emulator().url}/session.xml`, { headers: { 'QB-Token': 'unknown' } });
  expect(await summaryOf('some test', connect(emulator().url))).toEqual([
    'users-emulator: some test',
    '  POST /session 404 No application was found',
    '  POST /users 422 login is too short (minimum is 3 characters)',
    '  POST /users 201',
    '  GET /session 401 session_missing',
  ]);
});
