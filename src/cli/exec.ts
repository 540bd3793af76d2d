import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Config, envName, UsageError } from '../config/options.ts';
import type { EmulatorServer } from '../emulator/server.ts';
import { configOf, readyLine, serverFor, stopServer, withStartOptions } from './start.ts';

/** How long (ms) a command may take to end after it was told to: supervisors kill us ten seconds after asking. */
const GRACE = 5000;

/** Adds `exec`: runs a command with a server of its own. */
export function registerExec(program: Command): void {
  const command = program
    .command('exec <command...>')
    .usage('[options] -- <command...>')
    .description('start on a free port, run a command, stop, and end with its exit code')
    .passThroughOptions()
    .showHelpAfterError('(users-emulator exec [options] -- <command>)');
  withStartOptions(command).action(async (words: [string, ...string[]], flags: Record<string, unknown>) => {
    const config = configOf(flags, { log: 'silent' }, { port: 0 });
    const server = serverOf(config, flags.seed);
    await server.start();
    const ca = await caFileFor(server);
    if (config.json) process.stdout.write(await readyLine(server));
    const code = await run(words, {
      ...process.env,
      USERS_EMULATOR_URL: server.url,
      USERS_EMULATOR_HTTPS_URL: server.httpsUrl,
      NODE_EXTRA_CA_CERTS: ca.file,
      ...(config.adminToken !== undefined && { [envName('adminToken')]: config.adminToken }),
    });
    ca.remove();
    await stopServer(server, config, 0);
    process.exit(code);
  });
}

/** The server. @param seed as it was typed: `--seed node app.js` has taken the command's first word for a file */
function serverOf(config: Config, seed: unknown): EmulatorServer {
  try {
    return serverFor(config);
  } catch (error) {
    if (!(error instanceof UsageError) || typeof seed !== 'string' || existsSync(seed)) throw error;
    throw new UsageError(`${error.message}\n(users-emulator exec --seed -- ${seed} …, if ${seed} is the command)`, 4);
  }
}

/** The file of the certificates that a command has to trust: ours and, where the user has said some, those. */
async function caFileFor(server: EmulatorServer): Promise<{ readonly file: string; remove(): void }> {
  const ca = await server.ca();
  const inherited = process.env.NODE_EXTRA_CA_CERTS;
  if (!inherited || inherited === server.caFile) return { file: server.caFile, remove: () => {} };
  let others = '';
  try {
    others = readFileSync(inherited, 'utf8');
  } catch {
    // Node.js, too, goes on without them
  }
  const folder = mkdtempSync(join(tmpdir(), 'users-emulator-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, `${others.trimEnd()}\n${ca}`);
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs a command to its end, and passes signals on: to it and what it has started. At a terminal it has to stay in the group
 * that Ctrl-C goes to and that may read what is typed; there, signals to exec alone reach the command alone.
 * @returns its exit code as a shell would say it
 */
async function run([command, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Promise<number> {
  const [{ spawn }, { isatty }] = await Promise.all([import('node:child_process'), import('node:tty')]);
  const onTerminal = [0, 1, 2].some((fd) => isatty(fd));
  // before the command is there: it may be told to end at once
  const detached = !onTerminal && process.platform !== 'win32';
  const kill = (signal: NodeJS.Signals) => void (detached ? killGroup(child, signal) : child.kill(signal));
  passSignals(kill, onTerminal);
  const child = spawn(command, args, { stdio: 'inherit', env, detached, shell: process.platform === 'win32' });
  // whatever ends this process, the command isn't left behind
  process.on('exit', () => kill('SIGKILL'));
  return new Promise((ended) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const [code, why] = error.code === 'ENOENT' ? [127, 'command not found'] : [126, error.message];
      process.stderr.write(`users-emulator: ${command}: ${why}\n`);
      ended(code);
    });
    child.on('exit', (code, signal) => ended(code ?? 128 + constants.signals[signal!]));
  });
}

/** Signals a group by its leader, while that is there: later, its id may be another's. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended just now
  }
}

/** SIGINT of a terminal goes to the command, too, without our help; twice, it would mean to end at once. */
function passSignals(kill: (signal: NodeJS.Signals) => void, onTerminal: boolean): void {
  let terminal = onTerminal;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && terminal) {
        terminal = false;
        return;
      }
      kill(signal);
      if (signal !== 'SIGINT') setTimeout(() => kill('SIGKILL'), GRACE).unref();
    });
  }
}
