import { createRandom } from '../../src/support/random.ts';

/** Choices from a seeded generator: the same seed gives the same inputs. */
export class Chooser {
  readonly #random;
  #left = 0;
  #value = 0;

  constructor(seed: string) {
    this.#random = createRandom(seed);
  }

  /** A number from 0 to `below` - 1. */
  below(below: number): number {
    // one draw of the generator serves several small choices
    if (this.#left < below || below > 0xffff) {
      this.#value = this.#random.integer();
      this.#left = 0x7fffffff;
    }
    const chosen = this.#value % below;
    this.#value = Math.floor(this.#value / below);
    this.#left = Math.floor(this.#left / below);
    return chosen;
  }

  chance(probability: number): boolean {
    return this.below(1000) < probability * 1000;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Up to `most` values. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}
