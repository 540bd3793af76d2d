import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { type CommandResult, runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';

const HTTPS = 'https://api.connectycube.com/users/1';
const HTTP = 'http://api.quickblox.com/users/1.json';
const ANSWER = '{"errors":["Token is required"]}';

/** Runs a program under `exec --intercept`. It prints one JSON value. */
async function run(program: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const result = await runCommand(
    ['exec', '--intercept', ...flags, '--', process.execPath, '--input-type=module', '-e', program],
    { env, cwd: resolve('.') },
  );
  const line = result.out.trim().split('\n').at(-1) ?? '';
  return { ...result, value: line === '' ? undefined : JSON.parse(line) };
}

/** Each requests an address and gives the body of the answer, whatever its status. */
const CLIENTS: Readonly<Record<string, string>> = {
  fetch: `(await fetch(url)).text()`,
  'fetch of undici': `(await (await import('undici')).fetch(url)).text()`,
  'an agent of undici': `(await (await import('undici')).request(url, { dispatcher: new (await import('undici')).Agent({ pipelining: 1 }) })).body.text()`,
  'http and https': `new Promise(async (resolve, reject) => (await import(url.split(':')[0])).get(url, (answer) => { let text = ''; answer.on('data', (chunk) => text += chunk).on('end', () => resolve(text)); }).on('error', reject))`,
  'a keep-alive agent': `new Promise(async (resolve, reject) => { const { Agent, get } = await import(url.split(':')[0]); const agent = new Agent({ keepAlive: true, maxSockets: 1 }); const ask = (left) => get(url, { agent }, (answer) => { let text = ''; answer.on('data', (chunk) => text += chunk).on('end', () => left ? ask(left - 1) : (agent.destroy(), resolve(text))); }).on('error', reject); ask(3); })`,
  axios: `(await import('axios')).default.get(url, { validateStatus: () => true, responseType: 'text', transformResponse: (text) => text }).then(({ data }) => data)`,
  got: `(await import('got')).got(url, { throwHttpErrors: false, retry: { limit: 0 } }).text()`,
  'node-fetch': `(await (await import('node-fetch')).default(url)).text()`,
  superagent: `(await import('superagent')).default.get(url).ok(() => true).then(({ text }) => text)`,
};

describe('clients reach the emulator under production addresses', () => {
  test.each(Object.entries(CLIENTS))('%s', async (_name, code) => {
    const program = `const ask = async (url) => ${code}; console.log(JSON.stringify([await ask('${HTTPS}'), await ask('${HTTP}')]))`;
    const { value, err } = await run(program);
    expect(value, err).toEqual([ANSWER, ANSWER]);
  });

  test('worker threads and child processes', async () => {
    const ask = `fetch('${HTTPS}').then((answer) => answer.text())`;
    const { value, err } = await run(`
      import { Worker } from 'node:worker_threads';
      import { execFileSync } from 'node:child_process';
      const worker = new Worker(\`${ask}.then((text) => require('node:worker_threads').parentPort.postMessage(text))\`, { eval: true, execArgv: [] });
      const inWorker = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
      const inChild = execFileSync(process.execPath, ['-e', \`${ask}.then(console.log)\`], { encoding: 'utf8' }).trim();
      console.log(JSON.stringify([inWorker, inChild]));`);
    expect(value, err).toEqual([ANSWER, ANSWER]);
  });

  test('the Host header and the name in TLS stay as they are', async () => {
    const { value, err } = await run(`
      import { get } from 'node:https';
      const name = await new Promise((resolve, reject) => get('${HTTPS}', (answer) => resolve([answer.req.getHeader('host'), answer.socket.servername, answer.socket.authorized, answer.resume().statusCode])).on('error', reject));
      console.log(JSON.stringify(name));`);
    expect(value, err).toEqual(['api.connectycube.com', 'api.connectycube.com', true, 403]);
  });

  test('further hosts, also where a proxy is configured', async () => {
    const program = `console.log(JSON.stringify([await (await fetch('https://api.acme-chat.example/users/1')).text(), process.env.NO_PROXY]))`;
    const { value, err } = await run(program, ['--intercept', 'api.acme-chat.example'], {
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: 'intranet',
    });
    expect(value?.[0], err).toBe(ANSWER);
    expect(value[1]).toMatch(/^intranet,.*api\.acme-chat\.example,connectycube\.com,\.connectycube\.com,/);
  });
});

test('other hosts of the vendors are refused, named and counted', async () => {
  const program = `
    const reasons = [];
    for (const url of ['https://files.connectycube.com/a', 'https://files.connectycube.com/b', 'http://quickblox.com/'])
      await fetch(url).catch(({ cause }) => reasons.push([cause.code, cause.message]));
    console.log(JSON.stringify(reasons));`;
  const { value, err } = await run(program);
  const reason = (host: string) => [
    'ECONNREFUSED',
    `${host} is not emulated, and --intercept lets nothing reach it (--allow ${host})`,
  ];
  expect(value).toEqual([reason('files.connectycube.com'), reason('files.connectycube.com'), reason('quickblox.com')]);
  expect(err).toContain('2 × refused: files.connectycube.com is not emulated (--allow files.connectycube.com)');
  expect(err).toContain('1 × refused: quickblox.com is not emulated (--allow quickblox.com)');
});

test('no proxy is asked to connect to other hosts of the vendors, unless some of them may be reached', async () => {
  const program = `console.log(JSON.stringify(process.env.NO_PROXY.split(',').filter((name) => name.startsWith('.'))))`;
  const allowed = ['--allow', 'files.connectycube.com'];
  expect((await run(program)).value).toEqual(expect.arrayContaining(['.connectycube.com', '.quickblox.com']));
  expect((await run(program, allowed)).value).not.toContain('.connectycube.com');
});

test('a process that outlives the command goes on: its connections fail', async () => {
  const found = join(temporaryFolder(), 'found.json');
  const child = `
    const { existsSync, writeFileSync, renameSync } = require('node:fs');
    const { caFile, reportFile } = JSON.parse(process.env.USERS_EMULATOR_INTERCEPTION);
    const ask = (url) => fetch(url).catch(({ cause }) => cause.code);
    const wait = setInterval(async () => {
      if (existsSync(caFile) || existsSync(reportFile)) return;
      clearInterval(wait);
      writeFileSync('${found}.new', JSON.stringify([await ask('${HTTPS}'), await ask('https://files.connectycube.com/a')]));
      renameSync('${found}.new', '${found}');
    }, 20);`;
  const program = `
    import { spawn } from 'node:child_process';
    spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore', detached: true }).unref();
    console.log('null');`;
  // with a certificate file of its own, exec has one to remove, too
  const { code, err } = await run(program, [], { NODE_EXTRA_CA_CERTS: resolve('package.json') });
  expect(code, err).toBe(0);
  await expect
    .poll(() => existsSync(found) && JSON.parse(readFileSync(found, 'utf8')), { timeout: 20_000 })
    .toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
});

test('hosts of nobody and Unix sockets are left alone', async () => {
  const { value, err } = await run(`
    import { createServer } from 'node:http';
    import { request } from 'node:http';
    const path = '/tmp/users-emulator-intercept-' + process.pid + '.sock';
    const server = createServer((_, answer) => answer.end('own'));
    await new Promise((ready) => server.listen(path, ready));
    const overSocket = await new Promise((resolve, reject) => request({ socketPath: path, host: 'api.connectycube.com' }, (answer) => answer.on('data', (chunk) => resolve(String(chunk)))).on('error', reject).end());
    server.close();
    await new Promise((ready) => server.once('close', ready));
    const tcp = createServer((_, answer) => answer.end('local')).listen(0, '127.0.0.1');
    await new Promise((ready) => tcp.once('listening', ready));
    const overTcp = await (await fetch('http://127.0.0.1:' + tcp.address().port)).text();
    console.log(JSON.stringify([overSocket, overTcp]));
    process.exit(0);`);
  expect(value, err).toEqual(['own', 'local']);
});

test('the package may lie in a folder with blanks and quotes, and NODE_OPTIONS keeps what it had', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'users "emulator" '));
  try {
    for (const part of ['bin', 'dist', 'fixtures', 'package.json'])
      cpSync(resolve(part), join(folder, part), { recursive: true });
    const { execFileSync } = await import('node:child_process');
    const out = execFileSync(
      process.execPath,
      [
        join(folder, 'bin/users-emulator.js'),
        'exec',
        '--intercept',
        '--',
        process.execPath,
        '-e',
        `fetch('${HTTPS}').then((answer) => answer.text()).then((text) => console.log(text, process.execArgv.length, process.env.NODE_OPTIONS))`,
      ],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '--no-deprecation' } },
    );
    expect(out).toContain(ANSWER);
    expect(out).toContain('--no-deprecation --require "');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a host that is none is wrong usage', async () => {
  const { code, err }: CommandResult = await runCommand(['exec', '--allow', 'https://x/', '--', 'true']);
  expect([code, err]).toEqual([2, "users-emulator: --allow: must be a host name, not 'https://x/'\n"]);
});

describe('in this process', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await createEmulator({ seed: true });
  });
  afterAll(() => emulator.close());

  test('connections lead to the emulator until they are restored', async () => {
    const ours = 'https://api.acme-chat.example/users/1';
    const https: typeof import('node:https') = createRequire(import.meta.url)('node:https');
    /** The status of an answer, over a connection of its own. */
    const statusOf = (url: string) =>
      new Promise((done, failed) => {
        https.get(url, { agent: false }, (answer) => done(answer.resume().statusCode)).on('error', failed);
      });
    const restore = await emulator.intercept({ hosts: ['api.acme-chat.example'] });
    try {
      for (const url of [HTTPS, HTTP, ours]) expect(await (await fetch(url)).text()).toBe(ANSWER);
      for (const url of [HTTPS, ours]) expect(await statusOf(url)).toBe(403);
      await expect(fetch('https://files.connectycube.com/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    } finally {
      restore();
    }
    await expect(statusOf(ours)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
  });
});
