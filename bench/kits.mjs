// Many tests at the same time, each with a sandbox of its own and each signing up the same login: with every kit, alone, inside of
// `users-emulator exec`, and with an emulator that goes on, which must keep no sandbox and no connection. Run by hand after `npm run build`:
//   node bench/kits.mjs [jest] [node] [playwright] [sandbox]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createEmulator } from '../dist/index.mjs';
import { CHROMIUM } from '../scripts/chromium.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'bin/users-emulator.js');
const WORKERS = 2;

const SIGN_UP = `const signUp = async (api) => {
  const response = await fetch(api + '/users', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: JSON.stringify({ user: { login: 'mia', password: 'secret123' } }),
  });
  if (response.status !== 201) throw new Error(await response.text());
};
`;
const PAGE = `<!doctype html><script>${SIGN_UP}</script>`;

/** What a kit needs: its files, each of ten tests, and the arguments of Node that run them. */
const KITS = {
  jest: {
    files: 40,
    extension: 'test.js',
    others: {
      'jest.config.js':
        "module.exports = { globalSetup: 'users-emulator/jest', globalTeardown: 'users-emulator/jest/teardown' };",
    },
    text: `const { useEmulator } = require('users-emulator/jest');
${SIGN_UP}const emulator = useEmulator();
test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('signs up %i', () => signUp(emulator.url));`,
    command: ['node_modules/jest/bin/jest.js', '--silent', `--maxWorkers=${WORKERS}`],
    passed: /Tests: +400 passed, 400 total/,
  },
  node: {
    files: 40,
    extension: 'test.mjs',
    text: `import test from 'node:test';
import { useEmulator } from 'users-emulator/node';
${SIGN_UP}const emulator = useEmulator();
for (let number = 0; number < 10; number++) test('signs up ' + number, () => signUp(emulator.url));`,
    command: ['--test', `--test-concurrency=${WORKERS}`],
    passed: /^# pass 400$/m,
  },
  playwright: {
    files: 20,
    extension: 'spec.js',
    others: {
      'playwright.config.js': `module.exports = {
  globalSetup: 'users-emulator/playwright', workers: ${WORKERS}, fullyParallel: true, reporter: 'line', timeout: 60_000,
  use: { launchOptions: { executablePath: ${JSON.stringify(CHROMIUM)}, args: ['--no-sandbox', '--disable-gpu'] } },
};`,
    },
    text: `const { test } = require('users-emulator/playwright');
for (let number = 0; number < 10; number++)
  test('signs up ' + number, async ({ page, emulator }) => {
    await page.route('https://shop.example/', (route) => route.fulfill({ body: ${JSON.stringify(PAGE)}, contentType: 'text/html' }));
    await page.goto('https://shop.example/');
    await page.evaluate(() => signUp('https://api.connectycube.com'));
    await emulator.requests.verify({ match: { operation: 'users.create', status: 201 }, times: 1 });
  });`,
    command: ['node_modules/@playwright/test/cli.js', 'test'],
    passed: /200 passed/,
  },
};

/** A folder with the tests of a kit, in which the package is installed. */
function projectOf({ files, extension, others = {}, text }) {
  const folder = mkdtempSync(join(tmpdir(), 'users-emulator-kits-'));
  const installed = join(folder, 'node_modules/users-emulator');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(installed, part), { recursive: true });
  for (const runner of ['jest', '@playwright/test']) {
    const link = join(folder, 'node_modules', runner);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', runner), link);
  }
  writeFileSync(join(folder, 'package.json'), '{}');
  for (const [file, content] of Object.entries(others)) writeFileSync(join(folder, file), content);
  for (let number = 0; number < files; number++) writeFileSync(join(folder, `t${number}.${extension}`), text);
  return folder;
}

/** Runs a command to its end. @returns seconds @throws Error when it fails, or when processes of it are left */
async function run(folder, command, passed, env = {}) {
  const { USERS_EMULATOR_URL: _, ...outer } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, command, { cwd: folder, env: { ...outer, ...env }, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0 || !passed.test(output)) throw new Error(`ended with ${code}: ${output}`);
  if (isAlive(-child.pid)) throw new Error('processes are left');
  return seconds;
}

function isAlive(group) {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

/** Waits until clients have closed their idle connections. @returns how many are left of those of this process */
async function connectionsLeft() {
  const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  for (let tries = 0; open() > 0 && tries < 100; tries++) await sleep(100);
  return open();
}

async function measureKit(name) {
  const { command, passed } = KITS[name];
  const folder = projectOf(KITS[name]);
  try {
    const alone = await run(folder, command, passed);
    const inExec = await run(folder, [BIN, 'exec', '--seed', '--', process.execPath, ...command], passed);
    const emulator = await createEmulator({ seed: true });
    const beside = await run(folder, command, passed, { USERS_EMULATOR_URL: emulator.url });
    const left = `${(await emulator.sandboxes.list()).length} sandboxes, ${await connectionsLeft()} connections left`;
    await emulator.close();
    const [first, second, third] = [alone, inExec, beside].map((seconds) => `${seconds.toFixed(1)} s`);
    console.log(`${name}: alone ${first}, in exec ${second}, with a running emulator ${third} (${left})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One test's sandbox over HTTP: its first request creates it, from the seed; then it is deleted. */
async function measureSandbox() {
  const server = spawn(process.execPath, [BIN, '--seed', '--port=0', '--json', '--log=silent']);
  const [line] = await once(server.stdout, 'data');
  const { url } = JSON.parse(line);
  const emulator = connect(url);
  const took = [];
  for (let test = 0; test < 1000; test++) {
    const started = performance.now();
    const answer = await fetch(`${emulator.sandbox(`test-${test}`).url}/users`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
      body: JSON.stringify({ user: { login: 'mia', password: 'secret123' } }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    await answer.text();
    await emulator.sandboxes.delete(`test-${test}`);
    took.push(performance.now() - started);
  }
  server.kill();
  await once(server, 'close');
  took.sort((a, b) => a - b);
  console.log(`sandbox: median ${took[500].toFixed(2)} ms, p95 ${took[950].toFixed(2)} ms`);
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : [...Object.keys(KITS), 'sandbox'])
  await (name === 'sandbox' ? measureSandbox() : measureKit(name));
