/** Whether a value is an object: not a list, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names of an object's own properties, for objects whose type lists them all. */
export function keysOf<T extends object>(object: T): Extract<keyof T, string>[] {
  return Object.keys(object) as Extract<keyof T, string>[];
}

/** The fields of an object that have a value. */
export function definedFields<T extends object>(fields: T): { [N in keyof T]?: Exclude<T[N], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof definedFields<T>
  >;
}

/** A parameter that is one value, as text: numbers and booleans as they are written. undefined: a list, an object or nothing. */
export function scalarText(given: unknown): string | undefined {
  return given === undefined || given === null || typeof given === 'object' ? undefined : String(given);
}

/** A list, also one that was too long to come as such: an object with numbers for names. undefined: neither. */
export function asList(given: unknown): readonly unknown[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if (Array.isArray(given)) return given;
  return Object.keys(given).every((name) => /^\d+$/.test(name)) ? Object.values(given) : undefined;
}

/** A phone number as it was meant: a `+` that was not encoded arrives as a blank. */
export function normalizePhone(text: string): string {
  return text.replace(/^ /, '+');
}

/** A whole number as both languages take it, no larger than can be exact; undefined for anything else. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER));
}

/** Two units of the encoding that are one character, such as an emoji's. */
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many characters a text has: what the documents count. */
export function countCharacters(text: string): number {
  return text.length - (text.match(PAIR)?.length ?? 0);
}

/** A text, or a number as one; undefined: empty, absent or neither. */
export function nonEmptyText(given: unknown): string | undefined {
  return typeof given === 'string' || typeof given === 'number' ? String(given) || undefined : undefined;
}
