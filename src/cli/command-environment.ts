import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../config/config.ts';
import { type Config, envName } from '../config/options.ts';
import type { EmulatorServer } from '../emulator/server.ts';
import { interceptionVariables } from '../intercept/variables.ts';
import { makeTemporaryFolder } from '../persistence/temporary-folder.ts';
import { printable } from '../support/printable.ts';

/** The module that intercepted processes load first. The build puts it beside the bundle. */
export const PRELOAD = typeof __dirname === 'string' ? join(__dirname, 'intercept.cjs') : resolve('dist/intercept.cjs');

/** The environment of a command that runs with a server of its own. */
export interface CommandEnvironment {
  readonly variables: Environment;
  /** Removes its files. @returns the refused connections, a line for each host; empty: none */
  close(): string;
}

/** @param env of this process, which the command inherits */
export async function commandEnvironment(
  server: EmulatorServer,
  config: Config,
  env: Environment,
): Promise<CommandEnvironment> {
  const ca = await caFileFor(server, env);
  const interception = config.intercept === false ? undefined : await interceptionFor(server, config, env, ca.file);
  const { url, httpsUrl } = server.addressOf(config.sandbox ?? '');
  return {
    variables: {
      ...env,
      USERS_EMULATOR_URL: url,
      USERS_EMULATOR_HTTPS_URL: httpsUrl,
      NODE_EXTRA_CA_CERTS: ca.file,
      ...(config.adminToken !== undefined && { [envName('adminToken')]: config.adminToken }),
      ...interception?.variables,
    },
    close() {
      ca.remove();
      return interception?.report() ?? '';
    },
  };
}

/** An interception of the command and of what it starts. */
interface CommandInterception {
  readonly variables: Readonly<Record<string, string>>;
  /** Lists the refused connections, for the end of the run; empty: none. Removes its file. */
  report(): string;
}

async function interceptionFor(
  server: EmulatorServer,
  { intercept, allow, sandbox }: Config,
  env: Environment,
  caFile: string,
): Promise<CommandInterception> {
  const folder = makeTemporaryFolder();
  const reportFile = join(folder, 'refused');
  const interception = server.interception({ hosts: Array.isArray(intercept) ? intercept : [], allow }, sandbox);
  return {
    variables: interceptionVariables({ ...interception, caFile, reportFile }, PRELOAD, env),
    report: () => {
      const hosts = existsSync(reportFile) ? readFileSync(reportFile, 'utf8').split('\n').filter(Boolean) : [];
      rmSync(folder, { recursive: true, force: true });
      const counts = new Map<string, number>();
      for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
      return [...counts]
        .map(
          ([host, count]) =>
            `users-emulator: ${count} × refused: ${printable(host)} is not emulated (--allow ${printable(host)})\n`,
        )
        .join('');
    },
  };
}

/** The file of the CA certificates for the command: our own, and those that NODE_EXTRA_CA_CERTS already names. */
async function caFileFor(server: EmulatorServer, env: Environment): Promise<{ readonly file: string; remove(): void }> {
  const ca = await server.ca();
  const inherited = env.NODE_EXTRA_CA_CERTS;
  if (!inherited || inherited === server.caFile) return { file: server.caFile, remove: () => {} };
  let others = '';
  try {
    others = readFileSync(inherited, 'utf8');
  } catch {
    // Node.js also starts without a file that it can't read
  }
  const folder = makeTemporaryFolder();
  const file = join(folder, 'ca.pem');
  writeFileSync(file, `${others.trimEnd()}\n${ca}`);
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
