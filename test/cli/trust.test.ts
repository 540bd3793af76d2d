import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { subjectHash } from '../../src/cli/trust.ts';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryFolder();
const stateDir = join(folder, 'state');
const caFile = join(stateDir, 'ca.pem');
const home = join(folder, 'home');
const tools = join(folder, 'tools');
const log = join(folder, 'log');

/** Runs `trust` with a home folder of its own. @param path replaces PATH */
const trust = (args: readonly string[], path = process.env.PATH ?? '') =>
  runInProcess(['trust', ...args], { HOME: home, USERS_EMULATOR_STATE_DIR: stateDir, PATH: path, LOG: log });

/** Whether a program exists. */
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Puts programs in a folder that write down how they are called. */
function recordTools(...names: readonly string[]): void {
  mkdirSync(tools, { recursive: true });
  for (const name of names) {
    writeFileSync(
      join(tools, name),
      `#!/bin/sh\nfor word in ${name} "$@"; do printf '%s|' "$word" >> "$LOG"; done\necho >> "$LOG"\n`,
    );
    chmodSync(join(tools, name), 0o755);
  }
  writeFileSync(log, '');
}

beforeAll(async () => {
  mkdirSync(home);
  const emulator = await createEmulator({ stateDir });
  await emulator.ca;
  await emulator.close();
});

describe('users-emulator trust', () => {
  test('does nothing until it is told where', async () => {
    const { code, out, err } = await trust([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('say where: --nss, --system, --java [keystore], --ios, --android');
  });

  test.runIf(has('certutil'))("adds the CA to Chromium's store and Firefox's profiles, and removes it", async () => {
    const profiles = ['.config/mozilla/firefox/a1.default', 'snap/firefox/common/.mozilla/firefox/b 2.default'];
    const databases = ['.pki/nssdb', ...profiles].map((path) => `sql:${join(home, path)}`);
    const listed = () =>
      databases.map((database) => execFileSync('certutil', ['-d', database, '-L'], { encoding: 'utf8' }));
    for (const profile of profiles) {
      mkdirSync(join(home, profile), { recursive: true });
      execFileSync('certutil', ['-d', `sql:${join(home, profile)}`, '-N', '--empty-password']);
    }
    for (const _time of ['first', 'again']) expect((await trust(['--nss'])).code).toBe(0);
    for (const list of listed()) expect(list).toMatch(/^users-emulator +C,,/m);
    // a profile without it is no reason to stop
    execFileSync('certutil', ['-d', databases[1]!, '-D', '-n', 'users-emulator']);
    expect((await trust(['--nss', '--undo'])).code).toBe(0);
    for (const list of listed()) expect(list).not.toContain('users-emulator');
    expect((await trust(['--nss', '--undo'])).out).toContain('# nothing to remove\n');
  });

  test.runIf(has('keytool'))(
    'adds the CA to a keystore of Java, and removes it',
    async () => {
      const keystore = join(folder, 'java.p12');
      const listed = () =>
        spawnSync('keytool', ['-list', '-keystore', keystore, '-storepass', 'changeit'], { encoding: 'utf8' }).stdout;
      expect((await trust(['--java', keystore])).code).toBe(0);
      expect(listed()).toMatch(/^users-emulator, .*trustedCertEntry/m);
      expect((await trust(['--java', keystore, '--undo'])).code).toBe(0);
      expect(listed()).not.toContain('users-emulator');
    },
    60_000,
  );

  test('runs the commands of the platforms: iOS simulator and Android emulator', async () => {
    recordTools('xcrun', 'adb');
    expect((await trust(['--ios', '--android'], tools)).code).toBe(0);
    const name = `${subjectHash(new X509Certificate(readFileSync(caFile)))}.0`;
    const lines = readFileSync(log, 'utf8');
    expect(lines).toContain(`xcrun|simctl|keychain|booted|add-root-cert|${caFile}|\n`);
    expect(lines).toContain(`adb|root|\nadb|push|${caFile}|/data/local/tmp/${name}|\nadb|shell|`);
    expect(lines).toContain(`cp /data/local/tmp/${name} $system`);
    // it is a script for sh
    const script = lines.slice(lines.indexOf('adb|shell|') + 'adb|shell|'.length, lines.lastIndexOf('|'));
    execFileSync('sh', ['-n', '-c', script]);
    recordTools('xcrun', 'adb');
    expect((await trust(['--ios', '--android', '--undo'], tools)).code).toBe(0);
    expect(readFileSync(log, 'utf8')).toBe('xcrun|simctl|keychain|booted|reset|\nadb|reboot|\n');
  });

  test.runIf(process.platform === 'linux')("uses the system's tools on Linux", async () => {
    recordTools('cp', 'rm', 'update-ca-certificates', 'update-ca-trust', 'sudo');
    expect((await trust(['--system'], tools)).code).toBe(0);
    expect(readFileSync(log, 'utf8')).toMatch(
      /^(sudo\|)?cp\|\S+ca\.pem\|\S+users-emulator\.(crt|pem)\|\n(sudo\|)?update-ca-\w+\|\n$/,
    );
  });

  test('prints the commands instead, for a shell', async () => {
    const { code, out } = await trust(['--nss', '--java', "it's here", '--print'], '');
    expect(code).toBe(0);
    expect(out).toContain(`certutil -d sql:${join(home, '.pki/nssdb')} -A -n users-emulator -t C,, -i ${caFile}\n`);
    expect(out).toContain(`-keystore 'it'\\''s here'\n`);
    expect(existsSync("it's here")).toBe(false);
  });

  test('names the package of a missing tool', async () => {
    const { code, err } = await trust(['--nss'], folder);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'users-emulator: certutil is missing: it needs the package libnss3-tools (Debian) or nss-tools (Fedora)\n',
    });
  });

  test('reports a failed command', async () => {
    recordTools('xcrun');
    writeFileSync(join(tools, 'xcrun'), '#!/bin/sh\nexit 3\n');
    const { code, err } = await trust(['--ios'], tools);
    expect({ code, err }).toEqual({ code: 1, err: 'users-emulator: xcrun failed (exit code 3)\n' });
    recordTools('adb');
    writeFileSync(join(tools, 'adb'), '#!/bin/sh\nexit 1\n');
    expect((await trust(['--android'], tools)).err).toMatch(
      /^users-emulator: adb failed \(exit code 1\): “adb devices”/,
    );
  });

  test('explains a missing certificate', async () => {
    const { code, err } = await trust(['--nss', '--ca', join(folder, 'none.pem')]);
    expect(code).toBe(2);
    expect(err).toMatch(/the CA certificate \S+none\.pem can't be read .*: a server makes it at its first start/);
  });

  test.runIf(has('openssl'))("names the file on Android by OpenSSL's hash", () => {
    const args = ['x509', '-subject_hash_old', '-noout', '-in', caFile];
    const hash = execFileSync('openssl', args, { encoding: 'utf8' }).trim();
    expect(subjectHash(new X509Certificate(readFileSync(caFile)))).toBe(hash);
  });
});
