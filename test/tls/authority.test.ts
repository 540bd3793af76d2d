import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { createAuthority } from '../../src/http/certificates.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { startCommand } from '../support/running.ts';

const DAY = 86_400_000;
const LIFETIME = 3650;
const folder = temporaryFolder();
let folders = 0;
const fresh = () => join(folder, String(++folders));

async function caOf(stateDir: string, options: EmulatorOptions = {}): Promise<string> {
  await using emulator = await createEmulator({ stateDir, ...options });
  return emulator.ca;
}

/** The certificate for a client that requests a server name and trusts only the emulator's CA. */
async function served({ httpsUrl, ca: made }: Emulator, servername?: string): Promise<PeerCertificate> {
  const ca = await made;
  const { hostname, port } = new URL(httpsUrl);
  return new Promise((got, failed) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connectTls({ host, port: Number(port), ca, ...(servername && { servername }) }, () => {
      got(socket.getPeerCertificate());
      socket.end();
    });
    socket.on('error', failed);
  });
}

test('no certificate is created before it is needed', async () => {
  const stateDir = fresh();
  await using emulator = await createEmulator({ stateDir, seed: true });
  expect((await rawRequest(emulator.url, { method: 'GET', path: '/users/1' })).status).toBe(403);
  expect(existsSync(stateDir)).toBe(false);
});

test('the first TLS connection creates the certificates', async () => {
  const stateDir = fresh();
  await using emulator = await createEmulator({ stateDir });
  await rawRequest(emulator.httpsUrl, { method: 'GET', path: '/' }).catch(() => {});
  expect(readFileSync(join(stateDir, 'ca.pem'), 'utf8')).toBe(await emulator.ca);
});

test('the authority is stored and reused; it is the same over HTTP, in process and in its file', async () => {
  const stateDir = fresh();
  const first = await caOf(stateDir);
  await using emulator = await createEmulator({ stateDir });
  const { text, headers } = await rawRequest(emulator.url, { method: 'GET', path: '/_emulator/ca.pem' });
  expect(headers.get('content-type')).toBe('application/x-pem-file');
  expect(text).toBe(first);
  expect(await emulator.ca).toBe(first);
  expect(readFileSync(join(stateDir, 'ca.pem'), 'utf8')).toBe(first);
  expect(await caOf(fresh())).not.toBe(first);
});

test.skipIf(process.platform === 'win32')("other users can't read the folder or the key", async () => {
  const stateDir = fresh();
  await caOf(stateDir);
  const modes = readdirSync(stateDir, { recursive: true, encoding: 'utf8' }).map((name) => [
    name,
    (statSync(join(stateDir, name)).mode & 0o777).toString(8),
  ]);
  expect(Object.fromEntries(modes)).toEqual({
    'authority-1': '700',
    'authority-1/ca.key': '600',
    'authority-1/ca.pem': '600',
    'ca.pem': '600',
  });
  expect((statSync(stateDir).mode & 0o777).toString(8)).toBe('700');
});

test('processes that start at once share one authority', async () => {
  const stateDir = fresh();
  const running = await Promise.all(
    Array.from({ length: 6 }, () => startCommand(['--port', '0', '--json', '--state-dir', stateDir])),
  );
  const found = await Promise.all(
    running.map(async ({ ready }) => (await rawRequest(ready.url, { method: 'GET', path: '/_emulator/ca.pem' })).text),
  );
  await Promise.all(running.map(({ stop }) => stop()));
  expect(new Set(found).size).toBe(1);
  expect(found[0]).toBe(readFileSync(join(stateDir, 'ca.pem'), 'utf8'));
  expect(readdirSync(stateDir).sort()).toEqual(['authority-1', 'ca.pem']);
});

/** A folder with an authority that expires in a number of days. */
async function keptWith(days: number): Promise<string> {
  const stateDir = fresh();
  const { cert, key } = await createAuthority(Date.now() - (LIFETIME - days) * DAY);
  mkdirSync(join(stateDir, 'authority-1'), { recursive: true });
  writeFileSync(join(stateDir, 'authority-1', 'ca.pem'), cert);
  writeFileSync(join(stateDir, 'authority-1', 'ca.key'), key);
  return stateDir;
}

test('an authority is renewed before it expires, for clients as for the server', async () => {
  const stateDir = await keptWith(60);
  const old = readFileSync(join(stateDir, 'authority-1', 'ca.pem'), 'utf8');
  await using emulator = await createEmulator({ stateDir });
  const ca = await emulator.ca;
  expect(ca).not.toBe(old);
  expect(Date.parse(new X509Certificate(ca).validTo)).toBeGreaterThan(Date.now() + 3000 * DAY);
  expect(readFileSync(join(stateDir, 'ca.pem'), 'utf8')).toBe(ca);
  expect(readdirSync(stateDir).sort()).toEqual(['authority-2', 'ca.pem']);
  expect((await rawRequest(emulator.httpsUrl, { method: 'GET', path: '/_emulator/health', ca })).status).toBe(200);
});

test('an authority with months left stays in use; its certificates do not outlive it', async () => {
  const stateDir = await keptWith(120);
  await using emulator = await createEmulator({ stateDir });
  expect(await emulator.ca).toBe(readFileSync(join(stateDir, 'authority-1', 'ca.pem'), 'utf8'));
  const { valid_to } = await served(emulator);
  expect(Date.parse(valid_to)).toBe(Date.parse(new X509Certificate(await emulator.ca).validTo));
});

test.each(['ca.key', 'ca.pem'])('a broken %s leads to a new authority', async (name) => {
  const stateDir = fresh();
  const old = await caOf(stateDir);
  writeFileSync(join(stateDir, 'authority-1', name), 'broken');
  const ca = await caOf(stateDir);
  expect(ca).not.toBe(old);
  expect(readFileSync(join(stateDir, 'ca.pem'), 'utf8')).toBe(ca);
});

test('a key of another authority leads to a new one', async () => {
  const [stateDir, other] = [fresh(), fresh()];
  const old = await caOf(stateDir);
  await caOf(other);
  const key = join('authority-1', 'ca.key');
  writeFileSync(join(stateDir, key), readFileSync(join(other, key)));
  expect(await caOf(stateDir)).not.toBe(old);
});

test('works without a writable folder', async () => {
  writeFileSync(join(folder, 'file'), '');
  await using emulator = await createEmulator({ stateDir: join(folder, 'file', 'folder') });
  const request = { method: 'GET', path: '/_emulator/health', ca: await emulator.ca };
  expect((await rawRequest(emulator.httpsUrl, request)).status).toBe(200);
});

const names = ({ subjectaltname = '' }: PeerCertificate) =>
  subjectaltname.replaceAll('IP Address:0:0:0:0:0:0:0:1', 'IP Address:::1').split(', ');
const LOCAL = ['DNS:localhost', 'IP Address:127.0.0.1', 'IP Address:::1', 'DNS:*.localhost'];

test('the certificate is for this machine, and short-lived enough for every system', async () => {
  await using emulator = await createEmulator({ stateDir: fresh() });
  const cert = await served(emulator);
  expect(names(cert)).toEqual(LOCAL);
  expect(cert.ext_key_usage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(Date.parse(cert.valid_to) - Date.parse(cert.valid_from)).toBeLessThanOrEqual(398 * DAY);
  expect(names(await served(emulator, 'localhost'))).toEqual(LOCAL);
});

test('the certificate includes the --host, and every address if that means all', async () => {
  await using named = await createEmulator({ stateDir: fresh(), host: '127.0.0.2' });
  expect(names(await served(named))).toEqual([...LOCAL, 'IP Address:127.0.0.2']);
  await using open = await createEmulator({ stateDir: fresh(), host: '0.0.0.0', adminToken: 'secret' });
  expect(names(await served(open, 'localhost'))).toEqual(expect.arrayContaining(LOCAL));
});

test.each(['w1.localhost', 'users-emulator', 'API.example.com'])('a client that requests %s gets it', async (name) => {
  await using emulator = await createEmulator({ stateDir: fresh() });
  expect(names(await served(emulator, name))).toEqual([`DNS:${name.toLowerCase()}`]);
  // a second time, for the next connection
  expect(names(await served(emulator, name))).toEqual([`DNS:${name.toLowerCase()}`]);
});

test('without a folder for it, nor for temporary files, a start with https says what to do', async () => {
  const file = fresh();
  writeFileSync(file, '');
  const missing = join(file, 'missing');
  vi.stubEnv('TMPDIR', missing);
  await expect(caOf(missing)).rejects.toThrow(
    `no folder can be created in ${missing} (not a directory): set TMPDIR to a folder that you can write to`,
  );
  vi.unstubAllEnvs();
});
