import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { banner, logger } from './banner.ts';
import { registerClientCommands } from './commands/client.ts';
import { type Config, OPTIONS, readConfig, UsageError } from './config.ts';
import { EmulatorServer } from './emulator.ts';
import { parseJson } from './store/json-text.ts';
import { version } from './version.ts';

const CONFIG_FILE = 'users-emulator.config.json';

/** Runs the command line. @returns when the command has ended, or the server runs */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(`users-emulator: ${(error as Error).message}\n`);
    process.exit(error instanceof UsageError ? error.exitCode : 1);
  }
}

function program(): Command {
  const program = new Command('users-emulator')
    .description('A mock server of the ConnectyCube and QuickBlox Users APIs, for integration tests')
    .version(version)
    .enablePositionalOptions()
    .exitOverride();
  withStartOptions(program.command('start', { isDefault: true }).description('start the server (the default)')).action(
    async (flags: Record<string, unknown>) => {
      await start(configOf(flags));
    },
  );
  registerClientCommands(program);
  return program;
}

function withStartOptions(command: Command): Command {
  for (const row of OPTIONS) {
    if ('repeatable' in row) command.option(row.flags, row.help, collect);
    else command.option(row.flags, row.help);
  }
  return command.option('--config <file>', `options from this file instead of ./${CONFIG_FILE}`);
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The configuration: flags, environment, config file. */
function configOf({ config: named, ...flags }: Record<string, unknown>): Config {
  return readConfig(
    flags,
    process.env,
    readConfigFile((named as string | undefined) ?? process.env.USERS_EMULATOR_CONFIG),
  );
}

function readConfigFile(named: string | undefined): unknown {
  const file = resolve(named ?? CONFIG_FILE);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`the config file ${file} can't be read: ${(error as Error).message}`, 4);
  }
  try {
    return parseJson(content);
  } catch (error) {
    throw new UsageError(`the config file ${file}: ${(error as Error).message}`, 4);
  }
}

/** Starts the server, says so, and stops it on the first signal; the second ends the process at once. */
async function start(config: Config): Promise<EmulatorServer> {
  const log = logger(config.log ?? (process.stdout.isTTY ? 'pretty' : 'json'));
  const server = new EmulatorServer(config, {
    log,
    onError: (error) => process.stderr.write(`${(error as Error).stack}\n`),
  });
  await server.start();
  const ready = { event: 'ready', url: server.url, httpsUrl: server.httpsUrl, caFile: null, pid: process.pid };
  process.stdout.write(config.json ? `${JSON.stringify(ready)}\n` : banner(server, config));
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      server.stop().then(
        () => process.exit(0),
        (error) => {
          process.stderr.write(`users-emulator: ${(error as Error).message}\n`);
          process.exit(1);
        },
      );
    });
  }
  return server;
}
