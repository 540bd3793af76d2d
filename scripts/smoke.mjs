// Packs the package, installs the tarball in an empty project, and uses it there as its users do: npm run smoke
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECK = `
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createEmulator } from 'users-emulator';

const user = { login: 'Dacia', password: 'petU4or!' };
async function logIn(url) {
  const response = await fetch(url + '/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ application_id: 230, auth_key: '29WfrNWdvkhmX6V', user }),
  });
  assert.equal(response.status, 201, url);
}

const { USERS_EMULATOR_URL, USERS_EMULATOR_HTTPS_URL } = process.env;
await logIn(USERS_EMULATOR_URL);
await logIn(USERS_EMULATOR_HTTPS_URL);
const page = await fetch(USERS_EMULATOR_URL + '/_emulator/console');
assert.match(await page.text(), /^<!doctype html>/);

assert.equal(createRequire(import.meta.url)('users-emulator').createEmulator, createEmulator);
const emulator = await createEmulator({ seed: true });
await logIn(emulator.url);
await emulator.close();
`;

const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error('run it by npm: npm run smoke');
// a blank in the path, since users' paths have some
const folder = mkdtempSync(join(tmpdir(), 'users-emulator smoke '));
const run = (cwd, ...args) =>
  execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [{ filename, size }] = JSON.parse(run('.', npm, 'pack', '--json', '--silent', '--pack-destination', folder));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run(folder, npm, 'install', '--no-audit', '--no-fund', `./${filename}`);
  writeFileSync(join(folder, 'check.mjs'), CHECK);
  const bin = join(folder, 'node_modules/users-emulator/bin/users-emulator.js');
  run(folder, bin, 'exec', '--seed', '--log', 'silent', '--', process.execPath, 'check.mjs');
  process.stdout.write(`${filename} (${Math.round(size / 1000)} kB) installs and works on Node ${process.version}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
