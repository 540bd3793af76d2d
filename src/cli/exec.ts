import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { Config } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { EmulatorServer } from '../emulator/server.ts';
import { shellQuoted } from '../support/shell-word.ts';
import { isMissingCommand } from '../sweep/missing-command.ts';
import { commandEnvironment } from './command-environment.ts';
import { concludeEvidence } from './evidence-report.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import { configOf, type Flags, OPTIONS_NOTE, withServerOptions } from './server-options.ts';
import { readyLine, startServer, stopServer } from './start.ts';
import { warnOfVariables } from './target.ts';

/** How long (ms) a command may take to end after a signal: supervisors kill us ten seconds after theirs. */
const GRACE = 5000;

/** Adds `exec`: runs a command with a server of its own. @param exit called with the command's exit code */
export function registerExec(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program.command('exec <command...>').usage('[options] -- <command...>').passThroughOptions();
  describe(withServerOptions(command, { port: '0', log: 'silent' }), {
    summary: 'run a command with a server of its own',
    details:
      "The server listens on a free port, and stops when the command ends; the exit code is the command's. The command " +
      'finds the addresses of the server in USERS_EMULATOR_URL and USERS_EMULATOR_HTTPS_URL, and the certificate to trust in ' +
      'NODE_EXTRA_CA_CERTS.',
    examples: [
      ['users-emulator exec --seed -- npm test', 'run tests'],
      ['users-emulator exec --seed --intercept -- npm test', 'run tests of code with production addresses'],
      [`users-emulator exec -- sh -c 'echo $USERS_EMULATOR_URL'`, "use a shell's syntax"],
    ],
    note: OPTIONS_NOTE,
  })
    .showHelpAfterError('(users-emulator exec [options] -- <command>)')
    .action(async (words: [string, ...string[]], flags: Flags) => {
      exit(await exec(words, flags, io));
    });
}

async function exec(words: readonly [string, ...string[]], flags: Flags, io: Io): Promise<number> {
  warnOfVariables(io);
  const config = configOf(flags, io.env, { defaults: { log: 'silent', port: 0 }, notFromFile: ['port'] });
  const conclude = concludeEvidence(config, io);
  const server = await startServerFor(config, flags.seed, io);
  if (config.sandbox !== undefined) {
    await server.openSandbox(config.sandbox);
    await server.openPort(config.sandbox, 0);
  }
  const environment = await commandEnvironment(server, config, io.env);
  if (config.json) io.stdout.write(await readyLine(server));
  const command = await run(words, environment.variables, io);
  let exitCode: number;
  try {
    exitCode = await command.exitCode;
  } finally {
    io.stderr.write(environment.close());
    await stopServer(server, config, io, 0);
    command.release();
  }
  return conclude(server.evidence(), exitCode);
}

/** @param seed as typed: in `--seed node app.js`, commander takes the command's first word for the seed's file */
async function startServerFor(config: Config, seed: unknown, io: Io): Promise<EmulatorServer> {
  try {
    return await startServer(config, io);
  } catch (error) {
    if (!(error instanceof UsageError) || typeof seed !== 'string' || existsSync(seed)) throw error;
    throw new UsageError(`${error.message}\n(users-emulator exec --seed -- ${seed} …, if ${seed} is the command)`, 4);
  }
}

/** A command that runs. Signals to this process reach it, until it is released. */
interface RunningCommand {
  /** Its exit code, as a shell would report it. */
  readonly exitCode: Promise<number>;
  release(): void;
}

/**
 * Runs a command and forwards signals, to the command and to the processes it has started. At a terminal the command must stay in our
 * process group, which gets Ctrl-C and may read from the keyboard; signals sent to us alone then reach the command alone.
 */
async function run(
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  io: Io,
): Promise<RunningCommand> {
  const [{ spawn }, { isatty }] = await Promise.all([import('node:child_process'), import('node:tty')]);
  const onTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const detached = !onTerminal && process.platform !== 'win32';
  let running: ChildProcess | undefined;
  // Before the command starts, since a signal may come at once
  const release = forwardSignals((signal) => {
    if (running) detached ? killGroup(running, signal) : running.kill(signal);
  }, onTerminal);
  const child = spawn(command, args, {
    stdio: [
      'inherit',
      io.stdout === process.stdout ? 'inherit' : 'pipe',
      io.stderr === process.stderr ? 'inherit' : 'pipe',
    ],
    env,
    detached,
    shell: process.platform === 'win32',
  });
  running = child;
  child.stdout?.pipe(io.stdout, { end: false });
  child.stderr?.pipe(io.stderr, { end: false });
  const exitCode = new Promise<number>((ended) => {
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      const [code, reason] = isMissingCommand(command, error, env)
        ? [127, `command not found${shellHint(command, args)}`]
        : [126, error.message];
      io.stderr.write(`users-emulator: ${command}: ${reason}\n`);
      ended(code);
    });
    child.on('close', (code, signal) => ended(code ?? (signal === null ? 1 : 128 + constants.signals[signal])));
  });
  return { exitCode, release };
}

/** A command line in quotes is the name of one command; only a shell splits it. */
function shellHint(command: string, args: readonly string[]): string {
  return args.length === 0 && /\s/.test(command)
    ? `\n(users-emulator exec -- sh -c ${shellQuoted(command)}, if it is for a shell)`
    : '';
}

/** Signals a group by its leader as long as that exists: later, its id may belong to another process. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has just ended
  }
}

/**
 * Forwards the signals that this process gets, and kills the command when this process exits.
 * At a terminal, Ctrl-C reaches the command without us: forwarded, it would count twice, which means to end at once.
 * @returns stops forwarding
 */
function forwardSignals(kill: (signal: NodeJS.Signals) => void, onTerminal: boolean): () => void {
  let interrupted = !onTerminal;
  const forward = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && !interrupted) {
      interrupted = true;
      return;
    }
    kill(signal);
    if (signal !== 'SIGINT') setTimeout(() => kill('SIGKILL'), GRACE).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const killNow = () => kill('SIGKILL');
  for (const signal of signals) process.on(signal, forward);
  process.on('exit', killNow);
  return () => {
    for (const signal of signals) process.off(signal, forward);
    process.off('exit', killNow);
  };
}
