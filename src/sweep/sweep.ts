import { appendFileSync, closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import type { Environment } from '../config/config.ts';
import type { RequestObserver } from '../http/request-observer.ts';
import { reasonOf } from '../support/errors.ts';
import { printable, printableLines } from '../support/printable.ts';
import { countCalls } from './calls.ts';
import { planCases, type SweepCase, selectCases } from './cases.ts';
import { runCommand } from './command.ts';
import {
  baselineLine,
  type CaseResult,
  caseLine,
  junit,
  markdown,
  notCounted,
  type SweepReport,
  totals,
} from './report.ts';
import { differences, type Run, RunObserver } from './run.ts';
import { judge, type Verdict } from './verdict.ts';

/** The parameters of a sweep. */
export interface SweepOptions {
  readonly command: readonly [string, ...string[]];
  /** The command line that repeats one case. */
  readonly repeat: (caseId: string) => string;
  /** How many calls of each operation are tried. */
  readonly max: number;
  /** How many cases run at the same time. */
  readonly jobs: number;
  /** How much longer (ms) than the baseline a case may take. */
  readonly timeout: number;
  /** Patterns of the cases to run; none: all. */
  readonly only: readonly string[];
  /** The ids of the cases to run, whose output is shown; none: all. */
  readonly cases: readonly string[];
  /** Every case has to pass. Otherwise the command may fail, but not crash, hang, storm or duplicate. */
  readonly mustPass: boolean;
  /** The report is printed as JSON. */
  readonly json: boolean;
  /** A file for the report in JUnit's form. */
  readonly junit: string | undefined;
  /** A file to which the summary is appended. */
  readonly summary: string | undefined;
}

/** The surroundings of a sweep. */
export interface SweepHost {
  /** Starts a server for one run. @returns the environment of the command */
  start(observer: RequestObserver): Promise<{ readonly variables: Environment; stop(): Promise<void> }>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Colours a verdict: one that counts against the client, or a good one. */
  emphasize(text: string, verdict: 'bad' | 'good'): string;
  /** Ends the sweep before its time. */
  readonly interrupted: AbortSignal;
}

/** Verdicts that no client deserves, however it reports failures. */
const NEVER: readonly Verdict[] = ['crashed', 'storm', 'hung', 'duplicate'];
const STILL_RUNNING = 'the command runs without a fault; the sweep waits for its end (Ctrl-C ends both)';
/** The exit code of a sweep with findings. */
const FOUND = 8;

/** A sweep that can't be made: a message, and the exit code. */
export class SweepError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command again and again, each time with one fault at one of the calls that it makes without faults.
 * @returns the exit code: 0, or `FOUND` when a case counts against the client
 * @throws SweepError when the command fails without a fault, or an option selects nothing
 */
export async function sweep(options: SweepOptions, host: SweepHost): Promise<number> {
  // before the first run: the last one may be hours away
  if (options.junit !== undefined) checkWritable(options.junit);
  const say = (line: string) => void (options.json ? host.stderr : host.stdout).write(`${line}\n`);
  let baseline = await baselineOf(options, host);
  const cases = chooseCases(options, baseline);
  const report = {
    command: options.command,
    baseline: { calls: Object.fromEntries(countCalls(baseline.calls)), duration: Math.round(baseline.duration) },
    differences: [] as string[],
    planned: cases.length,
    cases: [] as CaseResult[],
  } satisfies SweepReport;
  say(baselineLine(report));
  if (options.cases.length === 0) {
    const second = await baselineOf(options, host);
    report.differences = differences(baseline, second);
    if (second.users.length > baseline.users.length) baseline = { ...baseline, users: second.users };
    for (const difference of report.differences)
      say(`not repeatable: without a fault, the command called ${difference}; cases may not be reached`);
  }
  const width = Math.max(...cases.map(({ id }) => id.length));
  let waiting = [...cases];
  const work = async () => {
    for (let next = waiting.shift(); next && !host.interrupted.aborted; next = waiting.shift()) {
      const result = await runCase(next, baseline, options, host).catch((error) => {
        waiting = [];
        throw error;
      });
      if (!result) return;
      report.cases.push(result);
      say(caseLine(result, width, options.json ? undefined : host.emphasize));
    }
  };
  const jobs = await Promise.allSettled(Array.from({ length: options.jobs }, work));
  for (const job of jobs) if (job.status === 'rejected') throw job.reason;
  report.cases.sort((a, b) => cases.findIndex(({ id }) => id === a.id) - cases.findIndex(({ id }) => id === b.id));
  conclude(report, options, host, say);
  return report.cases.some(({ counts }) => counts) ? FOUND : 0;
}

/** @throws SweepError when the file can't be written */
function checkWritable(file: string): void {
  try {
    // this leaves a file that is there as it is, and no new one if the sweep can't be made
    const isNew = !existsSync(file);
    closeSync(openSync(file, 'a'));
    if (isNew) rmSync(file);
  } catch (error) {
    throw new SweepError(`--junit: ${file} can't be written: ${reasonOf(error)}`);
  }
}

/** Prints and writes the report. */
function conclude(report: SweepReport, options: SweepOptions, host: SweepHost, say: (line: string) => void): void {
  say(
    totals(report.cases) +
      (report.cases.length < report.planned ? ` (interrupted: ${report.planned} were planned)` : ''),
  );
  const rest = notCounted(report.cases);
  if (rest) say(rest);
  const first = report.cases.find(({ counts }) => counts) ?? report.cases.find(({ verdict }) => verdict === 'failed');
  if (first && options.cases.length === 0) say(`again: ${options.repeat(first.id)}`);
  if (options.json) host.stdout.write(`${JSON.stringify(report)}\n`);
  writeTo(
    options.summary,
    (file) => appendFileSync(file, markdown(report)),
    (problem) => {
      host.stderr.write(`users-emulator: ${problem}\n`);
    },
  );
  writeTo(
    options.junit,
    (file) => writeFileSync(file, junit(report)),
    (problem) => {
      throw new SweepError(problem);
    },
  );
}

/** Writes a file, if one is wanted. @param failed called with a sentence when it can't be written */
function writeTo(file: string | undefined, write: (file: string) => void, failed: (problem: string) => void): void {
  if (file === undefined) return;
  try {
    write(file);
  } catch (error) {
    failed(`${printable(file)} can't be written: ${reasonOf(error)}`);
  }
}

/** A run without a fault, which must succeed. @throws SweepError */
async function baselineOf(options: SweepOptions, host: SweepHost): Promise<Run> {
  const run = await runOnce(options, host, undefined, undefined);
  if (host.interrupted.aborted) throw new SweepError('interrupted before the first case', 130);
  if (run.exitCode === 0 && run.calls.length > 0) return run;
  const reason =
    run.exitCode === 0
      ? 'makes no calls: it finds the address of the emulator in USERS_EMULATOR_URL'
      : `fails without any fault (${run.signal ?? `exit code ${run.exitCode}`})`;
  const output = printableLines(run.output).trimEnd();
  throw new SweepError(`the command ${reason}${output && `\n${output}`}`);
}

/** @throws SweepError when an option selects no case */
function chooseCases({ max, only, cases: ids }: SweepOptions, { calls }: Run): SweepCase[] {
  const planned = planCases(calls, ids.length > 0 ? Number.POSITIVE_INFINITY : max);
  return [
    { option: '--only', patterns: only },
    { option: '--case', patterns: ids },
  ].reduce((left, { option, patterns }) => {
    if (patterns.length === 0) return left;
    const none = patterns.find((pattern) => selectCases(left, pattern).length === 0);
    if (none !== undefined) throw new SweepError(`${option}: the command makes no call for a case '${none}'`, 2);
    const selected = new Set(patterns.flatMap((pattern) => selectCases(left, pattern)));
    return left.filter((each) => selected.has(each));
  }, planned);
}

/** @returns undefined when it was interrupted */
async function runCase(
  swept: SweepCase,
  baseline: Run,
  options: SweepOptions,
  host: SweepHost,
): Promise<CaseResult | undefined> {
  const run = await runOnce(options, host, swept, baseline.duration + options.timeout);
  if (host.interrupted.aborted) return undefined;
  const judgement = judge(swept, baseline, run);
  const counts = NEVER.includes(judgement.verdict) || (options.mustPass && judgement.verdict !== 'passed');
  const output = judgement.verdict === 'passed' ? '' : run.output;
  return { ...swept, ...judgement, counts, duration: Math.round(run.duration), output };
}

/** Runs the command once, with a server of its own. @param limit ms; undefined: none */
async function runOnce(
  { command, cases, timeout }: SweepOptions,
  host: SweepHost,
  swept: SweepCase | undefined,
  limit: number | undefined,
): Promise<Run> {
  const observer = new RunObserver(swept);
  const server = await host.start(observer);
  const time = new AbortController();
  const timer =
    limit === undefined
      ? setTimeout(() => host.stderr.write(`users-emulator: ${STILL_RUNNING}\n`), timeout)
      : setTimeout(() => time.abort(), limit);
  try {
    const started = observer.elapsed;
    const ended = await runCommand(
      command,
      server.variables,
      AbortSignal.any([time.signal, host.interrupted]),
      cases.length > 0 && swept ? host.stderr : undefined,
    );
    const { calls, users } = observer;
    return { ...ended, calls, users, duration: observer.elapsed - started, isHung: time.signal.aborted };
  } finally {
    clearTimeout(timer);
    await server.stop();
  }
}
