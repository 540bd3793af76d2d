import type { Command } from 'commander';
import type { Config } from '../config/options.ts';
import { isLoopback, type LogFormat } from '../config/values.ts';
import { EmulatorServer } from '../emulator/server.ts';
import { CONSOLE_PATH, CONTROL_PATH } from '../model/addresses.ts';
import { messageOf } from '../support/errors.ts';
import { printableLines } from '../support/printable.ts';
import { createRandom, HEX } from '../support/random.ts';
import { banner } from './banner.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import { requestLog, warningSummary } from './log.ts';
import { endWithNpm } from './npm-parent.ts';
import { openInBrowser } from './open-in-browser.ts';
import { paintFor } from './paint.ts';
import { ProgressBar } from './progress-bar.ts';
import { configFileOf, configOf, type Flags, OPTIONS_NOTE, withServerOptions } from './server-options.ts';
import { warnOfVariables } from './target.ts';

/** How long (ms) after the start the CA certificate is made: the first requests come first. */
const CA_DELAY = 500;

/** Adds `start`. */
export function registerStart(program: Command, io: Io): void {
  const command = program.command('start').action((flags: Flags) => start(flags, io));
  describe(withServerOptions(command), {
    summary: 'start the server (the default command)',
    examples: [
      ['users-emulator --seed', 'start with the example users'],
      ['users-emulator --seed users.json --data state.json', 'use your users, keep changes'],
      ['users-emulator --seed --open', 'show the console'],
      ['users-emulator --port 0 --json', 'for scripts: print the address'],
    ],
    note: OPTIONS_NOTE,
  });
}

/** Runs the server until the first SIGINT or SIGTERM. */
async function start(flags: Flags, io: Io): Promise<void> {
  warnOfVariables(io);
  const given = configOf(flags, io.env);
  const adminToken = given.adminToken ?? newToken(given, io);
  const config = { ...given, adminToken };
  const server = await startServer(config, io);
  stopOnFatalError(server, io);
  const stop = firstSignal();
  const makeCa = () => {
    server.ca().catch((error) => io.stderr.write(`users-emulator: https: ${messageOf(error)}\n`));
  };
  let timer: NodeJS.Timeout | undefined;
  if (config.watch) server.watchConfig(configFileOf(flags, io.env), () => ({ ...configOf(flags, io.env), adminToken }));
  try {
    if (config.json) {
      io.stdout.write(await readyLine(server));
    } else {
      // a log of JSON lines stays one
      const out = logFormat(config, io) === 'json' ? io.stderr : io.stdout;
      out.write(await banner(server, config, paintFor(out, io.env)));
      timer = setTimeout(makeCa, CA_DELAY);
    }
    if (config.open) await openInBrowser(server.url + CONTROL_PATH + CONSOLE_PATH, io);
    await stop;
  } finally {
    clearTimeout(timer);
    await stopServer(server, config, io);
  }
}

/** An admin token for a server that others can reach, which is printed. @returns undefined: only this machine can reach it */
function newToken({ host }: Config, io: Io): string | undefined {
  if (isLoopback(host)) return undefined;
  const token = createRandom().token(HEX, 32);
  io.stderr.write(
    `users-emulator: others can reach ${host}, so /_emulator needs an admin token (--admin-token): ${token}\n`,
  );
  return token;
}

/**
 * Ends the process in order after an error that no request caught: what is in memory may be wrong, so nothing more is accepted.
 * Acknowledged changes are in the data file already.
 */
function stopOnFatalError(server: EmulatorServer, io: Io): void {
  const fail = async (error: unknown) => {
    process.off('uncaughtException', fail).off('unhandledRejection', fail);
    io.stderr.write(`users-emulator: internal error, stopping: ${shown(error)}\n`);
    await server.stop(0).catch(() => {});
    process.exit(1);
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
}

/** An internal error with its stack. Its message may hold input. */
function shown(error: unknown): string {
  return printableLines(String(error instanceof Error ? error.stack : error));
}

/** Resolves at the first signal that asks to stop. The second one ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((stop) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(130);
        stopping = true;
        stop();
      });
    }
  });
}

/** Starts the server of a command, with its log on stdout; errors, warnings, and on a terminal the progress of a long start on stderr. */
export async function startServer(config: Config, io: Io): Promise<EmulatorServer> {
  const bar = new ProgressBar(io.stderr);
  const report = (text: string) => {
    bar.clear();
    io.stderr.write(`users-emulator: ${text}\n`);
  };
  bar.start();
  endWithNpm(io.env);
  try {
    const log = requestLog(logFormat(config, io), io.stdout, paintFor(io.stdout, io.env));
    const server = new EmulatorServer(config, {
      ...(log && { log }),
      onError: (error) => report(shown(error)),
      warn: (text) => report(printableLines(text)),
      progress: bar.report,
    });
    await server.start();
    return server;
  } finally {
    bar.end();
  }
}

/** Stops the server of a command, and prints the warnings of its run. @param grace ms for running requests */
export async function stopServer(server: EmulatorServer, config: Config, io: Io, grace?: number): Promise<void> {
  await server.stop(grace);
  io.stderr.write(warningSummary(server.warnings(), logFormat(config, io)));
}

function logFormat({ log }: Config, { stdout }: Io): LogFormat {
  return log ?? (stdout.isTTY ? 'pretty' : 'json');
}

/** The line that tells other programs that the server is ready. By then the CA file exists. */
export async function readyLine(server: EmulatorServer): Promise<string> {
  await server.ca();
  const { url, httpsUrl, caFile } = server;
  return `${JSON.stringify({ event: 'ready', url, httpsUrl, caFile, pid: process.pid })}\n`;
}
