import { signal } from '@preact/signals';
import type { ClockState } from '../control/results.ts';
import { api } from './api.ts';
import { keepFresh } from './live.ts';
import { computerTime } from './store.ts';

const SECOND = 1000;
/** A clock that differs less (ms) from the computer's was not moved on purpose. */
const TOLERANCE = 60_000;

/** The sandbox's clock; undefined until it has been read. */
export const sandboxClock = signal<{ readonly frozen: boolean; readonly moved: boolean } | undefined>(undefined);
/** The time (ms) that it shows, which goes on by itself, second by second. */
export const sandboxTime = signal(computerTime());

let readTime = 0;
let readAt = 0;
let timer = 0;

function tick(): void {
  window.clearTimeout(timer);
  const frozen = sandboxClock.value?.frozen;
  sandboxTime.value = frozen ? readTime : readTime + computerTime() - readAt;
  if (!frozen) timer = window.setTimeout(tick, SECOND - (sandboxTime.value % SECOND));
}

keepFresh('/clock', async () => {
  const { now, frozen } = await api<ClockState>('GET', '/clock');
  readTime = Date.parse(now);
  readAt = computerTime();
  sandboxClock.value = { frozen, moved: Math.abs(readTime - readAt) > TOLERANCE };
  tick();
});
