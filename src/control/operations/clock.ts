import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { isValidTime, parseTime } from '../../support/clock.ts';
import { parseDuration } from '../../support/duration.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import type { ClockState } from '../results.ts';
import { boolean, noInput, strictFields, string } from '../schemas.ts';

const TIME = 'must be an ISO time from 1970 to 9899, such as 2026-01-01T00:00:00Z';
const time = v.pipe(
  v.union([string, v.number()], TIME),
  v.transform((given) => (typeof given === 'number' ? given : (parseTime(given) ?? Number.NaN))),
  v.check(isValidTime, TIME),
);
const duration = v.pipe(
  v.union([string, v.number()], "must be a duration such as '2h1m'"),
  v.transform((given) => parseDuration(given) ?? Number.NaN),
  v.check((ms) => Number.isFinite(ms), "must be a duration such as '2h1m', '90s' or '-1d'"),
);

/** The clock of a sandbox. */
export const clockOperations = {
  'clock.get': defineOperation({
    method: 'GET',
    path: '/clock',
    summary: 'the time, and whether the clock is frozen',
    input: noInput,
    result: 'ClockState',
    run: show,
  }),
  'clock.set': defineOperation({
    method: 'PUT',
    path: '/clock',
    summary: 'sets the time; freezes the clock, or lets it run on',
    input: strictFields({ now: v.optional(time), frozen: v.optional(boolean) }),
    result: 'ClockState',
    run: (sandbox, { now, frozen }) => {
      // In one step: a clock that ran on between two would not show the time it was given.
      if (frozen === true) sandbox.clock.freeze(now);
      else if (now !== undefined) sandbox.clock.set(now);
      if (frozen === false) sandbox.clock.resume();
      return announce(sandbox);
    },
  }),
  'clock.advance': defineOperation({
    method: 'POST',
    path: '/clock/advance',
    summary: 'moves the clock by a duration',
    input: strictFields({ by: duration }),
    result: 'ClockState',
    run: (sandbox, { by }) => {
      if (!isValidTime(sandbox.clock.now() + by))
        throw new ControlError(422, 'by: the clock covers the years from 1970 to 9899');
      sandbox.clock.advance(by);
      return announce(sandbox);
    },
  }),
};

function show({ clock }: Sandbox): ClockState {
  return { now: new Date(clock.now()).toISOString(), frozen: clock.frozen };
}

function announce(sandbox: Sandbox): ClockState {
  const state = show(sandbox);
  sandbox.events.emit('clock', state);
  return state;
}
