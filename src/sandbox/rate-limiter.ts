interface Window {
  readonly start: number;
  readonly count: number;
}

/** Counts the requests of each application in windows of fixed length. */
export class RateLimiter {
  readonly #windows = new Map<number, Window>();

  /** Counts a request. @param now ms @returns 0, or the seconds until the next one is allowed */
  take(application: number, { requests, seconds }: { requests: number; seconds: number }, now: number): number {
    const window = this.#windows.get(application);
    const length = seconds * 1000;
    if (!window || now >= window.start + length || now < window.start) {
      this.#windows.set(application, { start: now, count: 1 });
      return 0;
    }
    if (window.count >= requests) return Math.max(1, Math.ceil((window.start + length - now) / 1000));
    this.#windows.set(application, { start: window.start, count: window.count + 1 });
    return 0;
  }
}
