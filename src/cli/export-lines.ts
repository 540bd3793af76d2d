import { devNull } from 'node:os';
import type { RemoteEmulator } from '../client/connect.ts';
import type { Environment } from '../config/config.ts';
import { envName } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { interceptionOf } from '../emulator/interception.ts';
import { interceptionVariables } from '../intercept/variables.ts';
import { shellQuoted } from '../support/shell-word.ts';
import { PRELOAD } from './command-environment.ts';

/** Which addresses to intercept. `hosts`: undefined for none, else those beside the vendors'. */
interface Intercepted {
  readonly hosts: readonly string[] | undefined;
  readonly allow: readonly string[] | undefined;
}

/**
 * The variables by which clients find a running emulator, as commands for a shell.
 * @param env of the shell
 * @throws UsageError when a sandbox without a port of its own is to intercept connections
 */
export async function exportLines(emulator: RemoteEmulator, { hosts, allow }: Intercepted, env: Environment) {
  const { url, https_url, ca_file } = await emulator.info();
  const variables = {
    [envName('url')]: url,
    [envName('httpsUrl')]: https_url,
    NODE_EXTRA_CA_CERTS: ca_file,
    ...(hosts && interceptionVariables(interceptionAt(url, ca_file, hosts, allow), PRELOAD, env)),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join('');
}

function interceptionAt(url: string, caFile: string, hosts: readonly string[], allow: readonly string[] = []) {
  const { hostname, port, pathname } = new URL(url);
  if (pathname !== '/')
    throw new UsageError(
      `--intercept needs a port: ${url} has none of its own (users-emulator sandbox create --port 0)`,
    );
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
  // no command ends here that would count the refused connections
  return { ...interceptionOf(address, { hosts, allow }), caFile, reportFile: devNull };
}
