import { type Command, Option } from 'commander';
import { connect, type RemoteEmulator } from '../client/connect.ts';
import { envName, OPTIONS } from '../config/options.ts';

/** What says which running emulator is meant. */
export interface ServerOptions {
  readonly url: string;
  readonly adminToken?: string;
  readonly sandbox?: string;
  readonly json?: true;
}

/** Adds the options of commands that talk to a running emulator. */
export function withServer(command: Command): Command {
  const port = OPTIONS.find(({ name }) => name === 'port')!.default;
  return command
    .addOption(
      new Option('--url <url>', 'the emulator, or a sandbox of it')
        .env(envName('url'))
        .default(`http://127.0.0.1:${port}`),
    )
    .addOption(new Option('--admin-token <token>', 'where it was started with one').env(envName('adminToken')))
    .option('--sandbox <name>', 'this sandbox of it')
    .option('--json', 'print the answer as JSON, on one line');
}

/** The emulator, or the sandbox, that the options name. */
export function remoteOf({ url, adminToken, sandbox }: ServerOptions): RemoteEmulator {
  const emulator = connect(url, { adminToken: adminToken || undefined });
  return sandbox === undefined ? emulator : emulator.sandbox(sandbox);
}
