import { spawnSync } from 'node:child_process';
import { createHash, type X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../config/config.ts';
import { makeFolder } from '../persistence/make-folder.ts';
import { codeOf } from '../support/errors.ts';
import { shellWord } from '../support/shell-word.ts';

/** A command and its arguments. */
type Step = readonly [string, ...string[]];

/** A CA certificate, and the machine on which programs are to trust it. */
interface Machine {
  readonly caFile: string;
  readonly certificate: X509Certificate;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly env: Environment;
}

interface Store {
  /** For the message when one of its commands is missing. */
  readonly needs: string;
  /** For the message when one of its commands fails. */
  readonly check?: string;
  /** @param file the value of its option */
  readonly add: (machine: Machine, file: string | undefined) => readonly Step[];
  readonly remove: (machine: Machine, file: string | undefined) => readonly Step[];
  readonly note?: string;
}

const NICKNAME = 'users-emulator';
const DEBIAN = '/usr/local/share/ca-certificates';
const FEDORA = '/etc/pki/ca-trust/source/anchors';
const CHROMIUM = '.pki/nssdb';
/** The folders of Firefox's profiles, the older one, and those of its Snap and Flatpak packages. */
const FIREFOX = [
  '.config/mozilla/firefox',
  '.mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/config/mozilla/firefox',
];
const keychain = ({ home }: Machine) => join(home, 'Library/Keychains/login.keychain-db');
const sudo = ({ isRoot }: Machine, ...step: Step): Step => (isRoot ? step : ['sudo', ...step]);
const keystore = (file: string | undefined) => (file === undefined ? ['-cacerts'] : ['-keystore', file]);
const JAVA = ['-noprompt', '-alias', NICKNAME, '-storepass', 'changeit'] as const;

/**
 * Makes the system's folder of CAs writable in memory, adds the certificate, and shows the folder to all apps: from API 34 on, they
 * read the one of Conscrypt, which each app has mounted for itself.
 */
const androidScript = (name: string) => `
set -e
system=/system/etc/security/cacerts; conscrypt=/apex/com.android.conscrypt/cacerts; copy=/data/local/tmp/users-emulator-cas
rm -rf $copy; mkdir -m 700 $copy
if [ -d $conscrypt ]; then cp $conscrypt/* $copy; else cp $system/* $copy; fi
mount -t tmpfs tmpfs $system
mv $copy/* $system; cp /data/local/tmp/${name} $system
chown root:root $system/*; chmod 644 $system/*; chcon u:object_r:system_file:s0 $system/*
if [ -d $conscrypt ]; then
  for zygote in $(pidof zygote) $(pidof zygote64); do
    for process in $zygote $(ps -o PID -P $zygote | grep -v PID); do
      nsenter --mount=/proc/$process/ns/mnt -- /bin/mount --bind $system $conscrypt
    done
  done
fi`;

/** The places where programs look for the authorities that they trust. */
const STORES = {
  nss: {
    needs: 'the package libnss3-tools (Debian) or nss-tools (Fedora)',
    add: ({ home, caFile }) => {
      const folder = join(home, CHROMIUM);
      const create: Step[] = [
        ['mkdir', '-p', folder],
        ['certutil', '-d', `sql:${folder}`, '-N', '--empty-password'],
      ];
      return [
        ...(isNssDatabase(folder) ? [] : create),
        ...[folder, ...firefoxProfiles(home)].map(
          (each): Step => ['certutil', '-d', `sql:${each}`, '-A', '-n', NICKNAME, '-t', 'C,,', '-i', caFile],
        ),
      ];
    },
    remove: ({ home, env }) =>
      [join(home, CHROMIUM), ...firefoxProfiles(home)]
        .filter((folder) => isNssDatabase(folder) && !lacksCertificate(folder, env))
        .map((folder): Step => ['certutil', '-d', `sql:${folder}`, '-D', '-n', NICKNAME]),
    note: 'restart the browsers that are open',
  },
  system: {
    needs: "the system's own tools",
    add: (machine) => {
      const { caFile, platform } = machine;
      if (platform === 'darwin')
        return [['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', keychain(machine), caFile]];
      if (platform === 'win32') return [['certutil', '-user', '-addstore', 'Root', caFile]];
      return existsSync(FEDORA)
        ? [sudo(machine, 'cp', caFile, `${FEDORA}/${NICKNAME}.pem`), sudo(machine, 'update-ca-trust')]
        : [sudo(machine, 'cp', caFile, `${DEBIAN}/${NICKNAME}.crt`), sudo(machine, 'update-ca-certificates')];
    },
    remove: (machine) => {
      const { caFile, platform, certificate } = machine;
      if (platform === 'darwin') return [['security', 'remove-trusted-cert', caFile]];
      if (platform === 'win32') return [['certutil', '-user', '-delstore', 'Root', certificate.serialNumber]];
      return existsSync(FEDORA)
        ? [sudo(machine, 'rm', '-f', `${FEDORA}/${NICKNAME}.pem`), sudo(machine, 'update-ca-trust')]
        : [sudo(machine, 'rm', '-f', `${DEBIAN}/${NICKNAME}.crt`), sudo(machine, 'update-ca-certificates', '--fresh')];
    },
  },
  java: {
    needs: 'keytool, which comes with a JDK',
    add: ({ caFile }, file) => [
      ['keytool', '-importcert', '-trustcacerts', ...JAVA, '-file', caFile, ...keystore(file)],
    ],
    remove: (_machine, file) => [['keytool', '-delete', ...JAVA, ...keystore(file)]],
  },
  ios: {
    needs: 'Xcode',
    add: ({ caFile }) => [['xcrun', 'simctl', 'keychain', 'booted', 'add-root-cert', caFile]],
    remove: () => [['xcrun', 'simctl', 'keychain', 'booted', 'reset']],
    note: '--undo resets the whole keychain of the simulator: it can remove no single certificate',
  },
  android: {
    needs: "adb, of Android's platform tools",
    check:
      '“adb devices” must list the emulator as “device”; the variable ANDROID_SERIAL chooses one of several; ' +
      'images with Google Play can not be root',
    add: ({ caFile, certificate }) => {
      const name = `${subjectHash(certificate)}.0`;
      return [
        ['adb', 'root'],
        ['adb', 'push', caFile, `/data/local/tmp/${name}`],
        ['adb', 'shell', androidScript(name)],
      ];
    },
    remove: () => [['adb', 'reboot']],
    note: 'it lasts until the emulator restarts; other devices need a network_security_config: see docs/clients/android.md',
  },
} satisfies Readonly<Record<string, Store>>;

export type StoreName = keyof typeof STORES;

export interface TrustOptions {
  readonly caFile: string;
  /** The content of the file. */
  readonly certificate: X509Certificate;
  /** The stores, each with the value of its option, if it has one. */
  readonly stores: ReadonlyMap<StoreName, string | undefined>;
  readonly undo: boolean;
  /** Prints the commands instead of running them. */
  readonly print: boolean;
  readonly env: Environment;
  readonly write: (text: string) => void;
}

/** Runs the commands that make programs trust a CA, or no longer. @throws Error when a command fails */
export function trust({ caFile, certificate, stores, undo, print, env, write }: TrustOptions): void {
  const machine: Machine = {
    caFile,
    certificate,
    home: env.HOME || homedir(),
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    env,
  };
  for (const [name, file] of stores) {
    const store: Store = STORES[name];
    if (store.note !== undefined) write(`# ${store.note}\n`);
    const steps = (undo ? store.remove : store.add)(machine, file);
    if (steps.length === 0) write('# nothing to remove\n');
    for (const step of steps) {
      write(`${step.map(shellWord).join(' ')}\n`);
      if (!print) run(step, store, env);
    }
  }
}

function run([command, ...args]: Step, { needs, check }: Store, env: Environment): void {
  if (command === 'mkdir') {
    makeFolder(args[1] ?? '', 0o700);
    return;
  }
  const { error, status } = spawnSync(command, args, { stdio: 'inherit', env: { ...env } });
  if (codeOf(error) === 'ENOENT') throw new Error(`${command} is missing: it needs ${needs}`);
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} failed (exit code ${status})${check ? `: ${check}` : ''}`);
}

const isNssDatabase = (folder: string) => existsSync(join(folder, 'cert9.db'));

/** The profiles that Firefox has started with at least once. */
function firefoxProfiles(home: string): string[] {
  return FIREFOX.map((folder) => join(home, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((profile) => join(folder, profile)))
    .filter(isNssDatabase);
}

/** Whether the CA is certainly not in an NSS database. */
function lacksCertificate(folder: string, env: Environment): boolean {
  const args = ['-d', `sql:${folder}`, '-L', '-n', NICKNAME];
  return spawnSync('certutil', args, { stdio: 'ignore', env: { ...env } }).status === 255;
}

/** The name of a CA's file on Android: OpenSSL's old hash of its subject, which is also its issuer. */
export function subjectHash({ raw }: X509Certificate): string {
  // Certificate → TBSCertificate → version, serial number, algorithm, issuer
  let at = contentStart(raw, contentStart(raw, 0));
  for (let skipped = 0; skipped < 3; skipped++) at = endOf(raw, at);
  const digest = createHash('md5')
    .update(raw.subarray(at, endOf(raw, at)))
    .digest();
  return digest.readUInt32LE(0).toString(16).padStart(8, '0');
}

/** Where the content of a DER element begins. */
function contentStart(der: Buffer, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length > 0x7f ? length & 0x7f : 0);
}

function endOf(der: Buffer, at: number): number {
  const length = der[at + 1] ?? 0;
  const start = contentStart(der, at);
  return start + (length > 0x7f ? der.readUIntBE(at + 2, length & 0x7f) : length);
}
