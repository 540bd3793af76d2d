import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import * as zlib from 'node:zlib';
import { createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as sources from '../../src/index.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { NOW, type RawRequest, rawRequest } from '../support/http.ts';
import { type Ready, startCommand } from '../support/running.ts';
import { exchangeBytes } from '../support/socket.ts';

const DIST = resolve(import.meta.dirname, '../../dist');
const JSON_TYPE = { 'Content-Type': 'application/json' };
const SESSION = JSON.stringify({ application_id: 230, auth_key: '29WfrNWdvkhmX6V' });
/** Of Node 22.15 and newer. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string) => Buffer };
const hasZstd = zstdCompressSync !== undefined;

const encoded = (encoding: string, body: string | Buffer): RawRequest => ({
  method: 'POST',
  path: '/session',
  headers: { ...JSON_TYPE, 'Content-Encoding': encoding },
  body,
});
const multipart = ['application_id', 'auth_key']
  .map((name) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${JSON.parse(SESSION)[name]}\r\n`)
  .join('');

describe('the built server answers like the sources', () => {
  let emulator: Emulator;
  let built: Ready;
  const stateDir = temporaryFolder();
  const kills: (() => void)[] = [];

  beforeAll(async () => {
    emulator = await createEmulator({ seed: true, freezeTime: NOW, deterministic: true });
    const args = ['--json', '--port', '0', '--seed', '--freeze-time', NOW, '--deterministic', '--log', 'silent'];
    ({ ready: built } = await startCommand(args, { USERS_EMULATOR_STATE_DIR: stateDir }, (kill) => kills.push(kill)));
  }, 60_000);
  afterAll(async () => {
    for (const kill of kills) kill();
    await emulator.close();
  });

  test.each<[string, RawRequest, number]>([
    ['JSON', { method: 'POST', path: '/session', headers: JSON_TYPE, body: SESSION }, 201],
    ['a form', { method: 'POST', path: '/session', body: 'application_id=230&auth_key=29WfrNWdvkhmX6V' }, 201],
    ['XML', { method: 'GET', path: '/users/1.xml', headers: { 'QuickBlox-REST-API-Version': '0.1.0' } }, 401],
    ['gzip', encoded('gzip', zlib.gzipSync(SESSION)), 201],
    ['brotli', encoded('br', zlib.brotliCompressSync(SESSION)), 201],
    ['deflate', encoded('deflate', zlib.deflateSync(SESSION)), 201],
    ['zstd', encoded('zstd', zstdCompressSync?.(SESSION) ?? SESSION), hasZstd ? 201 : 415],
    ['an unknown encoding', encoded('compress', SESSION), 415],
    ['broken gzip', encoded('gzip', 'not compressed'), 400],
    [
      'multipart',
      {
        method: 'POST',
        path: '/session',
        headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
        body: `${multipart}--x--\r\n`,
      },
      201,
    ],
    ['HEAD', { method: 'HEAD', path: '/session' }, 403],
    ['OPTIONS', { method: 'OPTIONS', path: '/session', headers: { Origin: 'https://a.example' } }, 200],
    ['an unknown route', { method: 'GET', path: '/nowhere' }, 404],
    ['a malformed address', { method: 'GET', path: '/users/external/%zz' }, 400],
    ['malformed JSON', { method: 'POST', path: '/session', headers: JSON_TYPE, body: '{' }, 400],
    [
      'an upload over the limit',
      { method: 'POST', path: '/session', headers: JSON_TYPE, body: 'x'.repeat(1_048_577) },
      413,
    ],
    ['an unknown route of the control plane', { method: 'GET', path: '/_emulator/nowhere' }, 404],
    ['the web console', { method: 'GET', path: '/_emulator/console' }, 200],
    ['the OpenAPI document', { method: 'GET', path: '/_emulator/openapi.json' }, 200],
  ])('%s', async (_name, request, status) => {
    const [actual, expected] = await Promise.all(
      [built.url, emulator.url].map(async (url) => {
        const { headers, ...answer } = await rawRequest(url, request);
        for (const changing of ['date', 'x-runtime', 'etag']) headers.delete(changing);
        return JSON.parse(JSON.stringify({ ...answer, headers: Object.fromEntries(headers) }).replaceAll(url, ''));
      }),
    );
    expect(actual).toEqual(expected);
    expect(actual.status).toBe(status);
  });

  test('text that is not HTTP', async () => {
    const answers = [built.url, emulator.url].map((url) => exchangeBytes(url, ['nonsense\r\n\r\n']));
    const [actual, expected] = await Promise.all(answers);
    expect(actual).toBe(expected);
    expect(actual).toMatch(/^HTTP\/1.1 400 /);
  });

  test('https on the same port', async () => {
    const ca = readFileSync(built.caFile, 'utf8');
    const request: RawRequest = { method: 'POST', path: '/session', headers: JSON_TYPE, body: SESSION, ca };
    expect((await rawRequest(built.httpsUrl, request)).status).toBe(201);
  });
});

describe('the built library', () => {
  const required = createRequire(import.meta.url)(`${DIST}/index.cjs`) as Record<string, unknown>;

  test('exports the same names as the sources', () => {
    expect(Object.keys(required).sort()).toEqual(Object.keys(sources).sort());
  });

  test('is the same for import and require', async () => {
    const imported = (await import(/* @vite-ignore */ `${DIST}/index.mjs`)) as Record<string, unknown>;
    expect({ ...imported }).toEqual({ ...required });
    expect(imported.createEmulator).toBe(required.createEmulator);
  });
});

test('the bundle is ASCII, as bin/compile-cache.js reads it', () => {
  expect(/[\u0080-\uffff]+/.exec(readFileSync('dist/bundle.cjs', 'utf8'))).toBeNull();
});

test('every file that the bundle loads later is there', () => {
  const bundle = readFileSync('dist/bundle.cjs', 'utf8');
  const files = [...bundle.matchAll(/require\("(\.\/[^"]+\.cjs)"\)/g)].map(([, file]) => file ?? '');
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join('dist', file)))).toEqual([]);
});

test('the built plugin for Vite brings an emulator to the dev server', async () => {
  const plugin: typeof import('../../src/kits/vite.ts') = await import(join(DIST, 'kits/vite.mjs'));
  vi.stubEnv('VITEST', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const vite = await createServer({
    configFile: false,
    root: temporaryFolder(),
    logLevel: 'silent',
    server: { middlewareMode: true, ws: false, watch: null },
    plugins: [plugin.usersEmulator({ port: 0 })],
  });
  onTestFinished(() => vite.close());
  const server = createHttpServer(vite.middlewares).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const health = await fetch(`http://127.0.0.1:${port}/users-emulator/_emulator/health`);
  expect(await health.json()).toMatchObject({ status: 'ok' });
});
