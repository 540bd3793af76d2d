/**
 * The most files that are written at a time, and the most that stay open in between: with a folder for
 * each write, less than a process may open, which is 256 on some machines.
 */
const LIMIT = 64;

/** A file that can be closed between two writes, and opens itself for the next. */
export interface IdleFile {
  /** Must not throw. */
  release(): Promise<void>;
}

/** Bounds the file descriptors of all data files of an emulator, however many sandboxes it has. */
export class OpenFiles {
  /** Open files that nobody is writing, least recently used first. */
  readonly #idle = new Set<IdleFile>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Runs a step that opens or writes a file or folder, and waits while too many others run. A step must not start another. */
  async run<R>(step: () => Promise<R>): Promise<R> {
    if (this.#running < LIMIT) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await step();
    } finally {
      // a step that waits inherits the place of this one
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Lets a file stay open; closes the one that was written least recently if there are too many. */
  keep(file: IdleFile): void {
    this.#idle.add(file);
    if (this.#idle.size <= LIMIT) return;
    const [oldest] = this.#idle;
    if (!oldest) return;
    this.#idle.delete(oldest);
    void oldest.release();
  }

  /** Must be called before a file is written or closed. */
  take(file: IdleFile): void {
    this.#idle.delete(file);
  }
}
