import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { variableOf } from '../config/config.ts';
import { stateFolder } from '../config/state-folder.ts';
import { UsageError } from '../config/usage-error.ts';
import { authorityFile } from '../http/authority.ts';
import { codeOf, reasonOf } from '../support/errors.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import type { StoreName } from './trust.ts';

/** The options that name a store, with their help. */
const STORE_OPTIONS: Readonly<Record<StoreName, readonly [flags: string, help: string]>> = {
  nss: ['--nss', "Chromium's and Firefox's stores on Linux, of this user"],
  system: ['--system', 'the store of the system: macOS, Windows, Debian, Fedora'],
  java: ['--java [keystore]', "the JDK's keystore, or this one"],
  ios: ['--ios', 'the booted iOS simulator'],
  android: ['--android', 'the running Android emulator, if it can be root'],
};

interface TrustFlags extends Readonly<Partial<Record<StoreName, true | string>>> {
  readonly ca?: string;
  readonly print?: boolean;
  readonly undo?: boolean;
}

/** Adds `trust`. */
export function registerTrust(program: Command, io: Io): void {
  const command = program.command('trust');
  for (const [flags, help] of Object.values(STORE_OPTIONS)) command.option(flags, help);
  command
    .option('--undo', 'remove it again')
    .option('--print', 'print the commands instead of running them')
    .option('--ca <file>', "a CA certificate other than this machine's");
  describe(command, {
    summary: "let browsers, simulators or Java trust the emulator's certificates",
    details: 'Changes only the stores that you name, and prints each command that it runs.',
    examples: [
      ['users-emulator trust --nss --print', 'show what it would do'],
      ['users-emulator trust --ios', 'trust it in the iOS simulator'],
    ],
  }).action(async ({ ca, print = false, undo = false, ...stores }: TrustFlags) => {
    const named = new Map(
      (Object.keys(STORE_OPTIONS) as StoreName[]).flatMap((name) => {
        const value = stores[name];
        return value === undefined ? [] : [[name, value === true ? undefined : value] as const];
      }),
    );
    if (named.size === 0)
      throw new UsageError(
        `say where: ${Object.values(STORE_OPTIONS)
          .map(([flags]) => flags)
          .join(', ')}`,
      );
    const caFile = ca === undefined ? authorityFile(stateFolder(variableOf(io.env, 'stateDir'), io.env)) : resolve(ca);
    const certificate = readCertificate(caFile);
    const { trust } = await import('./trust.ts');
    trust({ caFile, certificate, stores: named, undo, print, env: io.env, write: (text) => io.stdout.write(text) });
  });
}

/** @throws UsageError */
function readCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (error) {
    const hint = codeOf(error) === 'ENOENT' ? ': a server makes it at its first start' : '';
    throw new UsageError(`the CA certificate ${file} can't be read (${reasonOf(error)})${hint}`);
  }
}
