import { defineCommand } from './client-command.ts';

/** The emulator's clock. */
export const clockCommands = [
  defineCommand({ usage: 'clock now', help: 'the time', run: (emulator) => emulator.clock.get(), show: showClock }),
  defineCommand({
    usage: 'clock freeze [time]',
    help: 'stop the clock, where it is or at a time',
    run: (emulator, [time]) => emulator.clock.freeze(time),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock set <time>',
    help: 'set the time; the clock goes on, or stays frozen',
    run: (emulator, [time]) => emulator.clock.set(time!),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock advance <span>',
    help: 'move the clock by a span such as 2h1m, 90s or -1d',
    minus: true,
    run: (emulator, [span]) => emulator.clock.advance(span!),
    show: showClock,
  }),
  defineCommand({
    usage: 'clock resume',
    help: 'let a stopped clock run on',
    run: (emulator) => emulator.clock.resume(),
    show: showClock,
  }),
];

function showClock({ now, frozen }: { now: string; frozen: boolean }): string {
  return `${now}  ${frozen ? 'frozen' : 'running'}`;
}
