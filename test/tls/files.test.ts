import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAndKey, createAuthority, createServerCertificate } from '../../src/http/certificates.ts';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';
import { startCommand } from '../support/running.ts';

const folder = temporaryFolder();
const file = (name: string) => join(folder, name);
const stateDir = file('state');
let authority: CertificateAndKey;

beforeAll(async () => {
  authority = await createAuthority(Date.now());
  const own = await createServerCertificate(authority, ['localhost', '127.0.0.1'], Date.now());
  const other = await createServerCertificate(authority, ['localhost'], Date.now());
  writeFileSync(file('mine.pem'), own.cert);
  writeFileSync(file('mine.key'), own.key);
  writeFileSync(file('chain.pem'), own.cert + authority.cert);
  writeFileSync(file('other.key'), other.key);
  writeFileSync(file('text.pem'), 'no certificate');
});

describe('--cert and --key', () => {
  test('serve the given certificate, beside plain http', async () => {
    await using emulator = await createEmulator({ cert: file('mine.pem'), key: file('mine.key'), stateDir });
    const request = { method: 'GET', path: '/_emulator/health' };
    expect((await rawRequest(emulator.httpsUrl, { ...request, ca: authority.cert })).status).toBe(200);
    expect((await rawRequest(emulator.url, request)).status).toBe(200);
    expect(await emulator.ca).toBe(readFileSync(file('mine.pem'), 'utf8'));
  });

  test('send the whole chain, and the ready line names its file for clients to trust', async () => {
    const args = ['--json', '--port', '0', '--cert', file('chain.pem'), '--key', file('mine.key')];
    const { ready, stop } = await startCommand(args);
    expect(ready.caFile).toBe(file('chain.pem'));
    const ca = readFileSync(ready.caFile, 'utf8');
    expect((await rawRequest(ready.httpsUrl, { method: 'GET', path: '/_emulator/health', ca })).status).toBe(200);
    expect(await stop()).toBe(0);
  });

  test.each([
    ['a certificate that is not there', 'missing.pem', 'mine.key', 4, /the certificate .*missing\.pem can't be read/],
    ['a key that is not there', 'mine.pem', 'missing.key', 4, /the key .*missing\.key can't be read/],
    ['a key of another certificate', 'mine.pem', 'other.key', 4, /the key .*other\.key is not that of .*mine\.pem/],
    ['a file that is no certificate', 'text.pem', 'mine.key', 4, /the certificate .*text\.pem .* can't be used/],
    ['a certificate alone', 'mine.pem', undefined, 2, /--cert: needs --key, too/],
    ['a key alone', undefined, 'mine.key', 2, /--key: needs --cert, too/],
  ])('%s ends the start', async (_, cert, key, code, words) => {
    const given = { ...(cert && { cert: file(cert) }), ...(key && { key: file(key) }) };
    const error = await createEmulator(given).catch((error) => error);
    expect([error.name, error.exitCode]).toEqual(['UsageError', code]);
    const ended = await runInProcess([
      '--port',
      '0',
      ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]),
    ]);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(words);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
  });
});

describe('--ca-out', () => {
  test('contains the CA before the server reports ready', async () => {
    const { ready, stop } = await startCommand([
      '--json',
      '--port',
      '0',
      '--state-dir',
      stateDir,
      '--ca-out',
      file('out.pem'),
    ]);
    const ca = readFileSync(file('out.pem'), 'utf8');
    expect(ca).toBe(readFileSync(ready.caFile, 'utf8'));
    expect((await rawRequest(ready.httpsUrl, { method: 'GET', path: '/_emulator/health', ca })).status).toBe(200);
    await stop();
  });

  test("a path that can't be written ends the start", async () => {
    const { code, err } = await runInProcess([
      '--port',
      '0',
      '--state-dir',
      stateDir,
      '--ca-out',
      file('no/such/out.pem'),
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^users-emulator: --ca-out: .*out\.pem can't be written: .*\n$/);
  });
});

describe('where the authority is stored', () => {
  test.each([
    ['USERS_EMULATOR_STATE_DIR', { USERS_EMULATOR_STATE_DIR: file('env') }, file('env/ca.pem')],
    ['XDG_STATE_HOME', { XDG_STATE_HOME: file('xdg') }, file('xdg/users-emulator/ca.pem')],
    ['the home folder', { HOME: file('home'), XDG_STATE_HOME: '' }, file('home/.local/state/users-emulator/ca.pem')],
  ])('%s', async (_, env, expected) => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], { USERS_EMULATOR_STATE_DIR: '', ...env });
    await stop();
    expect(ready.caFile).toBe(expected);
    expect(readFileSync(expected, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
