import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { isValidTime, parseDuration, parseTime } from '../../support/clock.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { noInput, strictFields, string } from '../schemas.ts';

const TIME = 'must be an ISO time from 1970 to 9899, such as 2026-01-01T00:00:00Z';
const time = v.pipe(
  v.union([string, v.number()], TIME),
  v.transform((given) => (typeof given === 'number' ? given : (parseTime(given) ?? Number.NaN))),
  v.check(isValidTime, TIME),
);
const span = v.pipe(
  v.union([string, v.number()], "must be a span such as '2h1m'"),
  v.transform((given) => parseDuration(given) ?? Number.NaN),
  v.check((ms) => Number.isFinite(ms), "must be a span such as '2h1m', '90s' or '-1d'"),
);

/** The sandbox' clock. */
export const clockOperations = {
  'clock.get': defineOperation({
    method: 'GET',
    path: '/clock',
    summary: 'the time, and whether it stands still',
    input: noInput,
    result: 'ClockState',
    run: show,
  }),
  'clock.set': defineOperation({
    method: 'PUT',
    path: '/clock',
    summary: 'sets the time, stops the clock or lets it run on',
    input: strictFields({ now: v.optional(time), frozen: v.optional(v.boolean('must be true or false')) }),
    result: 'ClockState',
    run: (sandbox, { now, frozen }) => {
      // in one step: a clock that runs on between two would not show the time it was given
      if (frozen === true) sandbox.clock.freeze(now);
      else if (now !== undefined) sandbox.clock.set(now);
      if (frozen === false) sandbox.clock.resume();
      return show(sandbox);
    },
  }),
  'clock.advance': defineOperation({
    method: 'POST',
    path: '/clock/advance',
    summary: 'moves the clock by a span of time',
    input: strictFields({ by: span }),
    result: 'ClockState',
    run: (sandbox, { by }) => {
      const then = sandbox.clock.now() + by;
      if (!isValidTime(then)) throw new ControlError(422, 'by: the clock shows years from 1970 to 9899');
      sandbox.clock.advance(by);
      return show(sandbox);
    },
  }),
};

function show({ clock }: Sandbox) {
  return { now: new Date(clock.now()).toISOString(), frozen: clock.frozen };
}
