import type { Progress } from '../support/progress.ts';
import type { Output } from './io.ts';

/** How long (ms) a task may take without a bar, and how long a bar stays as it is. */
const DELAY = 1000;
const REDRAW = 100;
const WIDTH = 20;
const CLEAR_LINE = '\r\u001b[K';

/** A line on a terminal that shows how much of a long task is done. Elsewhere, and for short tasks, there is none. */
export class ProgressBar {
  readonly #out: Output;
  readonly #now: () => number;
  #drawAt = Number.POSITIVE_INFINITY;
  #isShown = false;

  /** @param now ms */
  constructor(out: Output, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#now = now;
  }

  /** From now on, tasks that go on for more than a second are shown. */
  start(): void {
    if (this.#out.isTTY) this.#drawAt = this.#now() + DELAY;
  }

  readonly report: Progress = (task, done, total) => {
    const now = this.#now();
    if (now < this.#drawAt) return;
    this.#drawAt = now + REDRAW;
    const part = total > 0 ? Math.min(1, done / total) : 1;
    const full = Math.floor(part * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    const percent = `${Math.floor(part * 100)} %`.padStart(5);
    this.#out.write(`${CLEAR_LINE}${task} ${bar} ${percent}`);
    this.#isShown = true;
  };

  /** Removes the line, so that others can be written. It comes back with the next report. */
  clear(): void {
    if (this.#isShown) this.#out.write(CLEAR_LINE);
    this.#isShown = false;
  }

  /** The same for good, until the next `start`. */
  end(): void {
    this.#drawAt = Number.POSITIVE_INFINITY;
    this.clear();
  }
}
