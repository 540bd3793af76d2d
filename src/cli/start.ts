import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, type ConfigFile, OPTIONS, readConfig, UsageError } from '../config/options.ts';
import { EmulatorServer } from '../emulator/server.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { codeOf, messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';
import { banner, logger, summary } from './output.ts';

const CONFIG_FILE = 'users-emulator.config.json';
/** The banner's line about the certificate may be a moment ahead of the certificate: first requests come first. */
const CA_DELAY = 500;

/** Adds `start`. */
export function registerStart(program: Command): void {
  const command = program.command('start').description('start the server (the default)');
  withStartOptions(command).action(async (flags: Record<string, unknown>) => {
    await start(configOf(flags));
  });
}

/** Adds every option of the server. */
export function withStartOptions(command: Command): Command {
  for (const row of OPTIONS) {
    if ('repeatable' in row) command.option(row.flags, row.help, collect);
    else command.option(row.flags, row.help);
  }
  return command.option('--config <file>', `options from this file instead of ./${CONFIG_FILE}`);
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/**
 * The configuration: flags, environment, config file.
 * @param otherwise what a command has instead of the options' own defaults
 * @param instead what it has instead of what a config file says
 */
export function configOf(
  { config: named, ...flags }: Record<string, unknown>,
  otherwise: Readonly<Partial<Config>> = {},
  instead: Readonly<Partial<Config>> = {},
): Config {
  const { path, content } = readConfigFile((named as string | undefined) || process.env.USERS_EMULATOR_CONFIG);
  const adapted = isObject(content) ? { ...otherwise, ...content, ...instead } : content;
  return readConfig(flags, process.env, { path, content: adapted });
}

function readConfigFile(named: string | undefined): ConfigFile {
  const path = resolve(named || CONFIG_FILE);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (!named && codeOf(error) === 'ENOENT') return { path, content: {} };
    throw new UsageError(`the config file ${path} can't be read: ${messageOf(error)}`, 4);
  }
  try {
    return { path, content: parseJson(content) };
  } catch (error) {
    throw new UsageError(`config file ${path}: ${messageOf(error)}`, 4);
  }
}

/** A server for a command: it logs as it is told to, and its own errors go to stderr. */
export function serverFor(config: Config): EmulatorServer {
  // whoever reads the log may go before the server does: `users-emulator --json | head -1`
  process.stdout.on('error', () => {});
  return new EmulatorServer(config, {
    log: logger(logOf(config)),
    onError: (error) => process.stderr.write(`users-emulator: ${(error as Error).stack}\n`),
    warn: (text) => process.stderr.write(`users-emulator: ${text}\n`),
  });
}

/** Stops a command's server. What its clients were warned of is said once, at the end. @param grace ms for running requests */
export async function stopServer(server: EmulatorServer, config: Config, grace?: number): Promise<void> {
  await server.stop(grace);
  process.stderr.write(summary(server.warnings(), logOf(config)));
}

function logOf({ log }: Config): 'pretty' | 'json' | 'silent' {
  return log ?? (process.stdout.isTTY ? 'pretty' : 'json');
}

/** The line that tells programs that the server is ready. Its CA file is there. */
export async function readyLine(server: EmulatorServer): Promise<string> {
  await server.ca();
  const { url, httpsUrl, caFile } = server;
  return `${JSON.stringify({ event: 'ready', url, httpsUrl, caFile, pid: process.pid })}\n`;
}

/** Starts the server, says so, and stops it on the first signal; the second ends the process at once. */
async function start(config: Config): Promise<void> {
  const server = serverFor(config);
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    stopServer(server, config).then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`users-emulator: ${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  await server.start();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  if (config.json) {
    process.stdout.write(await readyLine(server));
    return;
  }
  process.stdout.write(banner(server, config));
  setTimeout(() => {
    server.ca().catch((error: Error) => process.stderr.write(`users-emulator: https: ${error.message}\n`));
  }, CA_DELAY);
}
