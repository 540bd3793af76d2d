import { counted } from '../support/counted.ts';
import { type Call, countCalls, times } from './calls.ts';
import { faultOf, RETRY_AFTER, type SweepCase } from './cases.ts';
import type { Run } from './run.ts';

/** How a run with a fault ended, the worst first. */
export const VERDICTS = ['crashed', 'storm', 'hung', 'duplicate', 'failed', 'not reached', 'passed'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** The reason for it: `2 users where the baseline has 1: mia, mia-2`. */
  readonly detail: string;
}

/** More repeats than these in a second are a storm. */
const MAX_REPEATS = 10;

/** Judges a run with a fault by its exit code, its time, its calls and the users that it left, against those of the baseline. */
export function judge(swept: SweepCase, baseline: Run, run: Run): Judgement {
  const hit = run.calls.find(({ isHit }) => isHit);
  const end = endOf(run);
  if (!hit) {
    const made = countCalls(run.calls).get(swept.operation) ?? 0;
    return { verdict: 'not reached', detail: `the run called ${swept.operation} ${times(made)}${end && `; ${end}`}` };
  }
  const repeats = repeatsOf(swept, baseline, run);
  return (
    crashOf(run) ??
    stormOf(swept, hit, baseline, run) ??
    (run.isHung ? { verdict: 'hung', detail: end } : undefined) ??
    duplicateOf(baseline, run) ??
    (run.exitCode === 0
      ? { verdict: 'passed', detail: [repeats, missingOf(baseline, run)].filter(Boolean).join('; ') }
      : { verdict: 'failed', detail: `${end}; ${repeats}` })
  );
}

/** How the command ended; empty: with exit code 0. */
function endOf({ isHung, duration, exitCode, signal }: Run): string {
  if (isHung) return `no end within ${seconds(duration)}`;
  if (signal !== null) return `ended by ${signal}`;
  return exitCode === 0 ? '' : `exit code ${exitCode}`;
}

/** A shell reports the signal that ended its command as a code above 128. */
function crashOf(run: Run): Judgement | undefined {
  if (run.isHung || (run.signal === null && (run.exitCode ?? 0) <= 128)) return undefined;
  return { verdict: 'crashed', detail: endOf(run) };
}

function stormOf(swept: SweepCase, hit: Call, baseline: Run, run: Run): Judgement | undefined {
  for (const operation of countCalls(run.calls).keys()) {
    const busiest = busiestSecond(run.calls.filter((call) => call.operation === operation && call.at >= hit.at));
    const usual = busiestSecond(baseline.calls.filter((call) => call.operation === operation));
    if (busiest > usual + MAX_REPEATS)
      return { verdict: 'storm', detail: `${busiest} calls of ${operation} within a second` };
  }
  const { lasts } = faultOf(swept);
  if (lasts === undefined) return undefined;
  const early = run.calls.filter(({ key, at }) => key === hit.key && at > hit.at && at - hit.at < lasts);
  const usual = baseline.calls.filter(
    ({ key, operation, nth }) => key === hit.key && operation === hit.operation && nth > hit.nth,
  );
  const [first] = early;
  if (!first || early.length <= usual.length) return undefined;
  return {
    verdict: 'storm',
    detail: `repeated after ${Math.round(first.at - hit.at)} ms, although Retry-After asks for ${RETRY_AFTER} s`,
  };
}

/** The most calls within a second. @param calls in order */
function busiestSecond(calls: readonly Call[]): number {
  let first = 0;
  let most = 0;
  for (const [index, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) < at - 1000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function duplicateOf({ users: expected }: Run, { users }: Run): Judgement | undefined {
  if (users.length <= expected.length) return undefined;
  const shown = users.length > 5 ? ['…', ...users.slice(-5)] : users;
  return {
    verdict: 'duplicate',
    detail: `${counted(users.length, 'user')} where the baseline has ${expected.length}: ${shown.join(', ')}`,
  };
}

/** Calls of the operation beyond those of the baseline, in words. */
function repeatsOf({ operation }: SweepCase, baseline: Run, run: Run): string {
  const more = (countCalls(run.calls).get(operation) ?? 0) - (countCalls(baseline.calls).get(operation) ?? 0);
  return `${operation} ${more > 0 ? `repeated ${times(more)}` : 'was not repeated'}`;
}

function missingOf({ users: expected }: Run, { users }: Run): string {
  const fewer = expected.length - users.length;
  return fewer > 0 ? `${counted(fewer, 'user')} fewer than in the baseline` : '';
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
