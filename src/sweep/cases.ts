import { type FaultEffect, pathMatches } from '../sandbox/faults.ts';
import type { Call } from './calls.ts';

/** A failure that a sweep tries at each call. */
export interface SweepFault {
  readonly effect: FaultEffect;
  /** The caller's session is ended first, so that calls with the same token go on failing. */
  readonly endsSession?: true;
  /** How long (ms) the fault goes on for further calls of the operation; without it, it hits one. */
  readonly lasts?: number;
  /** Whether a call of the baseline can fail like this. */
  readonly applies: (call: Call) => boolean;
}

const always = () => true;

/** The seconds that the answer 429 asks to wait, and how long it is given: clients measure time by clocks of their own. */
export const RETRY_AFTER = 1;
const LIMITED = RETRY_AFTER * 1000 - 50;

/** The faults of a sweep, by the names in the ids of its cases. */
const SWEEP_FAULTS = {
  503: { effect: { status: 503 }, applies: always },
  429: { effect: { status: 429, headers: { 'Retry-After': String(RETRY_AFTER) } }, lasts: LIMITED, applies: always },
  'session-ended': {
    effect: { error: 'session_missing' },
    endsSession: true,
    applies: ({ needsSession }) => needsSession,
  },
  reset: { effect: { drop: 'reset' }, applies: always },
  'answer-lost': { effect: { drop: 'reset', when: 'after' }, applies: ({ method }) => method !== 'GET' },
  hang: { effect: { drop: 'hang' }, applies: always },
  truncated: { effect: { body: 'truncated' }, applies: ({ hasBody }) => hasBody },
  html: { effect: { body: 'html' }, applies: always },
} as const satisfies Readonly<Record<string, SweepFault>>;

export type SweepFaultName = `${keyof typeof SWEEP_FAULTS}`;
export const SWEEP_FAULT_NAMES = Object.keys(SWEEP_FAULTS) as SweepFaultName[];

/** One fault at one call of the baseline. */
export interface SweepCase {
  /** `users.create#1/answer-lost` */
  readonly id: string;
  readonly operation: string;
  /** Which call of the operation, from 1. */
  readonly nth: number;
  readonly fault: SweepFaultName;
}

export function faultOf({ fault }: SweepCase): SweepFault {
  return SWEEP_FAULTS[fault];
}

/** A case for each fault at each of the first `max` calls of each operation, in the order of the calls. */
export function planCases(calls: readonly Call[], max: number): SweepCase[] {
  return calls
    .filter(({ nth }) => nth <= max)
    .flatMap((call) =>
      SWEEP_FAULT_NAMES.filter((fault) => SWEEP_FAULTS[fault].applies(call)).map((fault) => ({
        id: `${call.operation}#${call.nth}/${fault}`,
        operation: call.operation,
        nth: call.nth,
        fault,
      })),
    );
}

/** Selects cases by an operation, a call (`users.create#1`), a fault (`hang`) or an id; `*` stands for any text. */
export function selectCases(cases: readonly SweepCase[], pattern: string): SweepCase[] {
  return cases.filter(({ id, operation, nth, fault }) =>
    [id, operation, `${operation}#${nth}`, fault].some((name) => pathMatches(pattern, name)),
  );
}
