import { customAlphabet, customRandom } from 'nanoid';

/** The source of identifiers, tokens, salts and chance; one per sandbox. */
export interface Random {
  /** A text of `length` characters of `alphabet`. */
  token(alphabet: string, length: number): string;
  /** An integer from 1 to 2^31 - 1. */
  integer(): number;
  /** A UUID, version 4. */
  uuid(): string;
  /** A number from 0 (included) to 1 (excluded), to decide by probability. */
  fraction(): number;
}

export const HEX = '0123456789abcdef';
export const UPPER_HEX = '0123456789ABCDEF';

/**
 * Randomness from the machine or, with a seed, from a generator that gives the same sequence in every run.
 * Seed it for tests only: the tokens of a seeded generator can be predicted.
 */
export function createRandom(seed?: string): Random {
  const generators = new Map<string, () => string>();
  const random = seed === undefined ? undefined : seededBytes(seed);
  function token(alphabet: string, length: number): string {
    const key = alphabet + length;
    let generate = generators.get(key);
    if (!generate) {
      generate = random ? customRandom(alphabet, length, random) : customAlphabet(alphabet, length);
      generators.set(key, generate);
    }
    return generate();
  }
  const uint32 = () => Number.parseInt(token(HEX, 8), 16);
  const uuid = () => {
    const variant = token('89ab', 1);
    return token(HEX, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, `$1-$2-4$3-${variant}$4-$5`);
  };
  return { token, uuid, integer: () => (uint32() % 0x7fffffff) + 1, fraction: () => uint32() / 0x100000000 };
}

/** Bytes from the generator sfc32 (small fast counter, public domain), seeded by a text. */
function seededBytes(seed: string): (size: number) => Uint8Array {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  for (const char of seed) {
    a = Math.imul(a ^ (char.codePointAt(0) ?? 0), 0x85ebca6b);
    b ^= a >>> 7;
  }
  function next(): number {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return (size) => Uint8Array.from({ length: size }, () => next() & 255);
}
