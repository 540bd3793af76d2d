import * as v from 'valibot';
import { similar } from '../support/similar.ts';
import { isObject } from '../support/values.ts';
import { ControlError, listKnown } from './control-error.ts';

/** A whole number, or digits as a query string has them. */
export const integer = v.pipe(
  v.union(
    [v.number(), v.pipe(v.string(), v.regex(/^\d+$/, 'must be a whole number'), v.transform(Number))],
    'must be a whole number',
  ),
  v.safeInteger('must be a whole number'),
);
export const string = v.string('must be a string');
export const boolean = v.boolean('must be true or false');
/** A user's id, or its login. */
export const idOrLogin = v.union([integer, string], 'must be an id or a login');

export const MUST_BE_OBJECT = 'must be an object';
/** An object that the operation itself checks. */
export const jsonObject = v.custom<Readonly<Record<string, unknown>>>(isObject, MUST_BE_OBJECT);

/** An object with these fields and no others, so that a misspelt field is reported instead of ignored. */
export function strictFields<E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, ({ expected }) => {
    const fields = listKnown('fields', Object.keys(entries));
    if (expected === 'never') return `is unknown; ${fields}`;
    return expected === 'Object' ? `${MUST_BE_OBJECT}; ${fields}` : 'is missing';
  });
}
export const noInput = strictFields({});
/** Ignores all fields: these routes are opened from links or polled by probes, which may add query parameters. */
export const anyInput = v.object({});

/** One of these names. The message suggests the one that a mistyped name resembles. @param rule the message for any other value */
export function oneOf<const T extends string>(names: readonly T[], rule = `must be ${either(names)}`) {
  return v.picklist(names, ({ input }) => {
    const [meant] = typeof input === 'string' ? similar(input, names) : [];
    return meant === undefined ? rule : `${rule}; did you mean ${meant}?`;
  });
}

/** `'reset', 'hang' or 'empty'` */
function either(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].join(' or ');
}

/** Checks an operation's input. @throws ControlError 422 that names every problem and the field that has it */
export function readInput<I>(schema: v.GenericSchema<unknown, I>, given: unknown): I {
  const checked = v.safeParse(schema, given);
  if (checked.success) return checked.output;
  const problems = checked.issues.slice(0, 1000).map(({ path, message }) => {
    const field = path?.map(({ key }) => String(key)).join('.');
    return field ? `${field}: ${message}` : message;
  });
  throw new ControlError(422, problems.join('; '), { problems });
}
