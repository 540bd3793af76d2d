// Readers of single values of any shape, such as a request's parameters.

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

/** A parameter with one value, as text; undefined for a list, an object or an absent value. */
export function scalarText(given: unknown): string | undefined {
  return given === undefined || given === null || typeof given === 'object' ? undefined : String(given);
}

/** A text, or a number as text; undefined for an empty text and anything else. */
export function nonEmptyText(given: unknown): string | undefined {
  return typeof given === 'string' || typeof given === 'number' ? String(given) || undefined : undefined;
}

/** A list, or an object keyed by index, as longer lists are parsed; undefined for anything else. */
export function asList(given: unknown): readonly unknown[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if (Array.isArray(given)) return given;
  return Object.keys(given).every((name) => /^\d+$/.test(name)) ? Object.values(given) : undefined;
}

/** A parameter's value; of a repeated parameter, the last one. */
export function lastOf(given: unknown): unknown {
  return Array.isArray(given) ? given.at(-1) : given;
}

/**
 * A whole number as both query languages write it, limited to the safe integers; undefined for anything else. A leading blank is a `+`
 * that the client didn't encode.
 */
export function parseInteger(text: string): number | undefined {
  if (!/^[+ -]?\d+$/.test(text)) return undefined;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER));
}

/** A phone number with its `+`, which arrives as a blank if the client didn't encode it. */
export function normalizePhone(text: string): string {
  return text.replace(/^ +\+?(?=[^ ])/, '+');
}

const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** The length of a text as the documents count it: in characters, of which an emoji is one although it takes two code units. */
export function countCharacters(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}
