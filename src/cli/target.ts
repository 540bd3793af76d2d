import { type Command, Option } from 'commander';
import { connect, type RemoteEmulator } from '../client/connect.ts';
import { type Environment, variableOf } from '../config/config.ts';
import { envName, OPTIONS } from '../config/options.ts';
import { unknownVariables } from '../config/variables.ts';
import { printable } from '../support/printable.ts';
import type { Io } from './io.ts';

/** A running emulator, or one of its sandboxes. */
export interface Target {
  readonly url: string;
  readonly adminToken: string | undefined;
  readonly sandbox: string | undefined;
}

/** Where a server without options listens. */
export const DEFAULT_URL = `http://${OPTIONS.host.default}:${OPTIONS.port.default}`;

/** Where a server listens that is started in the same environment. */
function usualUrl(env: Environment): string {
  const port = variableOf(env, 'port');
  return port === undefined || port === '0' ? DEFAULT_URL : `http://${OPTIONS.host.default}:${port}`;
}

/** Adds the options that say which emulator a command is for. */
export function withTargetOptions(command: Command): Command {
  const rows = [
    ['--url <url>', `its address, or that of one of its sandboxes (env: ${envName('url')}, default: ${DEFAULT_URL})`],
    ['--admin-token <token>', `its admin token, if it was started with one (env: ${envName('adminToken')})`],
    ['--sandbox <name>', 'one of its sandboxes'],
  ] as const;
  for (const [flags, help] of rows) command.addOption(new Option(flags, help).helpGroup('Which emulator:'));
  return command;
}

/** The target that options and environment name. */
export function targetOf(given: Readonly<Partial<Target>>, env: Environment): Target {
  return {
    url: given.url ?? variableOf(env, 'url') ?? usualUrl(env),
    adminToken: given.adminToken ?? variableOf(env, 'adminToken'),
    sandbox: given.sandbox,
  };
}

/** @throws ControlError for a sandbox that can't have this name */
export function connectTo({ url, adminToken, sandbox }: Target): RemoteEmulator {
  const emulator = connect(url, { adminToken });
  return sandbox === undefined ? emulator : emulator.sandbox(sandbox);
}

/** Warns of variables that look like the emulator's own and aren't. */
export function warnOfVariables({ env, stderr }: Io): void {
  for (const warning of unknownVariables(env)) stderr.write(`users-emulator: ${printable(warning)}\n`);
}
