import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readConfig } from '../config/config.ts';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readApp, readWholeNumber } from '../config/values.ts';
import { claimsOf } from '../conform/claims.ts';
import type { Conformance, ConformOptions } from '../conform/conform.ts';
import { listKnown } from '../control/control-error.ts';
import { sign } from '../core/signature.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { readLearnedDialects } from '../emulator/learned-files.ts';
import { EmulatorServer } from '../emulator/server.ts';
import { ERRORS } from '../model/error-catalogue.ts';
import { Clock } from '../support/clock.ts';
import { causeOf, messageOf, reasonOf } from '../support/errors.ts';
import { printable } from '../support/printable.ts';
import { createRandom } from '../support/random.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';

const DIFFERS = 7;
const INTERRUPTED = 130;
/** How long (ms) the service may take to show whether it is an emulator. */
const PATIENCE = 10_000;

interface ConformFlags {
  readonly upstream?: string;
  readonly app?: string;
  readonly accountKey?: string;
  readonly write?: string;
  readonly learned?: string;
  readonly rate?: string;
  readonly dryRun?: true;
  readonly readOnly?: true;
  readonly yes?: true;
  readonly self?: true;
}

/** Adds `conform`: compares the emulator with a real service. @param exit called with its exit code */
export function registerConform(program: Command, io: Io, exit: (code: number) => void): void {
  describe(program.command('conform'), {
    summary: 'compare the answers of the real service with those of the emulator',
    details:
      'It asks the service, row by row, for the answers that the tables of the emulator claim, and writes the differences to a file for --learned. It signs up ' +
      'a few users named ue-conform-…, and deletes them at the end, also after Ctrl-C. Exit codes: 0 all answers agree, 7 some differ, 1 the service could not be asked.',
    examples: [
      ['users-emulator conform --upstream $URL --app $APP --dry-run', 'list the calls'],
      ['users-emulator conform --upstream $URL --app $APP --write learned.json', 'compare'],
      ['users-emulator --learned learned.json', 'answer as that service does'],
    ],
  })
    .requiredOption('--upstream <url>', 'the address of the service')
    .requiredOption(
      '--app <id:key[:secret[:dialect]]>',
      'your application there; the secret is needed where sessions are signed',
    )
    .option('--account-key <key>', "the key of your account: asks for the account's settings, too")
    .option('--write <file>', 'write the findings to this file: statuses, keys, texts of errors and settings')
    .option('--learned <file>', 'start the emulator with this file, to check it')
    .option('--rate <n>', 'requests per second (default: 2)')
    .option('--read-only', 'sign up nobody, and send only calls that change nothing')
    .option('--dry-run', 'list the calls, and send nothing')
    .option('--yes', 'start without asking')
    .option('--self', 'allow an emulator as the service')
    .action(async (flags: ConformFlags) => exit(await runConform(flags, io)));
}

async function runConform(flags: ConformFlags, io: Io): Promise<number> {
  const url = readUrl(flags.upstream);
  const app = { ...readFrom('--app', readApp, flags.app), account_key: flags.accountKey };
  const known = readDialect(app.dialect, url);
  const dialect =
    readLearnedDialects(flags.learned === undefined ? [] : [flags.learned], '--learned').get(known.name) ?? known;
  const rate = readFrom('--rate', readWholeNumber, flags.rate ?? '2');
  if (rate < 1) throw new UsageError('--rate: must be 1 or more');
  const clock = new Clock();
  const interruption = new AbortController();
  const claims = claimsOf(dialect);
  const base = {
    dialect,
    claims,
    app,
    sign,
    random: createRandom().token('abcdefghijkmnpqrstuvwxyz23456789', 6),
    now: () => clock.systemNow(),
    readOnly: flags.readOnly === true,
  };
  const { conform, plannedCalls, findingLine, plannedLines, summaryOf } = await import('../conform/index.ts');
  const calls = plannedCalls(base);
  if (flags.dryRun) {
    io.stdout.write(plannedLines(calls, base.readOnly));
    return 0;
  }
  if (!flags.self && (await isEmulator(url)))
    throw new UsageError(`--upstream: ${url} is an emulator, not the service (--self, if that is meant)`);
  if (
    !flags.yes &&
    !(await isConfirmed(
      `Send about ${calls.length} questions to ${url}, ${rate} requests a second${base.readOnly ? '' : ', and sign up users for the time of the run'}?`,
      io,
    ))
  )
    throw new UsageError('nothing was sent: --yes starts without asking');
  if (flags.write !== undefined) checkFolder(flags.write);
  const stopWaiting = onInterrupt(interruption, io);
  try {
    io.stdout.write(`${url}, application ${app.id}, compared with the emulator of ${dialect.name}\n\n`);
    const found = await conform({
      ...base,
      upstream: { url, send: (request) => fetch(request) },
      openReference: (settings) => openReference(flags, app, dialect, settings),
      errorRow: (key) => dialect.errors[key] ?? ERRORS[key],
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      rate,
      signal: interruption.signal,
      onFinding: (finding) => io.stdout.write(`${printable(findingLine(finding, claims), 2000)}\n`),
    });
    if (found.questions > 0) io.stdout.write(summaryOf(found));
    return conclude(found, flags, interruption.signal.aborted, io);
  } finally {
    stopWaiting();
  }
}

function conclude(found: Conformance, { write }: ConformFlags, isInterrupted: boolean, io: Io): number {
  const { file, questions, differing, settings, hasFewFields, left, stopped } = found;
  if (left.length > 0) io.stderr.write(`users-emulator: these users could not be deleted: ${left.join(', ')}\n`);
  if (write !== undefined && questions > 0) {
    try {
      writeFileSync(write, `${JSON.stringify(file, null, 2)}\n`);
    } catch (error) {
      throw unwritable(write, error);
    }
    io.stdout.write(`${write} is written: with --learned ${write}, the emulator answers as this service does\n`);
  }
  if (isInterrupted) return INTERRUPTED;
  if (stopped) io.stderr.write(`users-emulator: ${printable(explained(stopped))}\n`);
  if (stopped || questions === 0 || left.length > 0) return 1;
  return differing + settings > 0 || hasFewFields ? DIFFERS : 0;
}

/** Fails before the run, rather than after it. */
function checkFolder(file: string): void {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): Error {
  return new Error(`${file} can't be written: ${reasonOf(error)}`);
}

function explained(error: Error): string {
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(causeOf(error.cause))}`;
}

/** An emulator without users, in this process. */
async function openReference(
  { learned }: ConformFlags,
  { id, auth_key, auth_secret }: ConformOptions['app'],
  dialect: Dialect,
  settings: ConformOptions['dialect']['settings'],
) {
  // ids as long as those of a real service
  const app = { id, auth_key, auth_secret, dialect: dialect.name, next_user_id: 1_900_000_001 };
  const server = new EmulatorServer(
    readConfig({ seed: { applications: [app] }, set: settings, ...(learned !== undefined && { learned: [learned] }) }),
  );
  await server.start(false);
  const { requests } = await server.openSandbox('');
  return {
    send: (request: Request) => server.fetch(request),
    lastAnswer: () => requests.journal.get(requests.journal.count) ?? { errors: [], behaviours: [] },
    close: () => server.stop(0),
  };
}

function readUrl(given = ''): string {
  const { protocol = '', username, password } = URL.canParse(given) ? new URL(given) : {};
  // not repeated: it may hold a password
  if (!/^https?:$/.test(protocol) || username || password)
    throw new UsageError('--upstream: must be an address such as https://api.example.com, without user and password');
  return given.replace(/\/+$/, '');
}

function readDialect(name: string | undefined, url: string): Dialect {
  const { hostname } = new URL(url);
  const known =
    name === undefined
      ? (DIALECTS.find(({ hosts }) => hosts.domains.some((domain) => hostname.endsWith(domain))) ?? DIALECTS[0])
      : DIALECTS.find((each) => each.name === name);
  if (known) return known;
  const names = DIALECTS.map((each) => each.name);
  throw new UsageError(`--app: '${name}' is not a dialect; ${listKnown('dialects', names)}`);
}

async function isEmulator(url: string): Promise<boolean> {
  try {
    const answer: unknown = await (
      await fetch(`${url}/_emulator/health`, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
    ).json();
    return JSON.stringify(answer).startsWith('{"status":"ok"');
  } catch {
    return false;
  }
}

async function isConfirmed(question: string, { stdout }: Io): Promise<boolean> {
  if (!stdout.isTTY || !process.stdin.isTTY) return false;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** The first Ctrl-C ends the questions, the second one the process. @returns stops listening */
function onInterrupt(interruption: AbortController, { stderr }: Io): () => void {
  const stop = () => {
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    stderr.write('users-emulator: stopping; the users of this run are deleted first (a second Ctrl-C leaves them)\n');
    interruption.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
