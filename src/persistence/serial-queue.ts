/** Runs asynchronous steps one after another, in the order of the calls. A step that fails doesn't hold up the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns the result of the step, or rejects as the step does */
  run<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => {});
    return result;
  }
}
