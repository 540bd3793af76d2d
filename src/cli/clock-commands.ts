import { defineCommand } from './client-command.ts';

/** Commands for the emulator's clock. */
export const clockCommands = [
  defineCommand({
    usage: 'clock now',
    summary: 'print the time',
    run: (emulator) => emulator.clock.get(),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock freeze [time]',
    summary: 'stop the clock, where it is or at a time',
    fields: { now: 'time' },
    examples: [['users-emulator clock freeze 2026-01-01T00:00:00Z', 'it is new year']],
    run: (emulator, [time]) => emulator.clock.freeze(time),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock set <time>',
    summary: 'set the time; a running clock goes on from there, a stopped one stays stopped',
    fields: { now: 'time' },
    run: (emulator, [time]) => emulator.clock.set(time),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock advance <duration>',
    summary: 'move the clock by a duration such as 2h1m, 90s or -1d',
    fields: { by: 'duration' },
    allowNegative: true,
    examples: [
      ['users-emulator clock advance 2h1m', 'sessions expire'],
      ['users-emulator clock advance -1d', 'it is yesterday'],
    ],
    run: (emulator, [duration]) => emulator.clock.advance(duration),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock resume',
    summary: 'let a stopped clock run on',
    run: (emulator) => emulator.clock.resume(),
    show: showClock,
  }),
];

function showClock({ now, frozen }: { readonly now: string; readonly frozen: boolean }): string {
  return `${now}  ${frozen ? 'frozen' : 'running'}`;
}
