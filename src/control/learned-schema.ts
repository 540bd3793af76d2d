import * as v from 'valibot';
import { OPERATION_NAMES } from '../api/operation-names.ts';
import type { Learned } from '../dialects/learned.ts';
import { ERROR_KEYS } from '../model/error-catalogue.ts';
import { readSetting } from '../model/settings.ts';
import { isObject } from '../support/values.ts';
import { ControlError } from './control-error.ts';
import { oneOf, readInput, strictFields, string } from './schemas.ts';

const STATUS = 'must be an HTTP status from 400 to 599';
const status = v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(400, STATUS), v.maxValue(599, STATUS));
const keys = v.array(
  v.pipe(string, v.regex(/^\w{1,64}$/, 'must be a name of letters, digits and _')),
  'must be a list',
);
const text = v.pipe(string, v.nonEmpty('must not be empty'), v.maxLength(1000, 'must have 1,000 characters at most'));
const error = strictFields({
  status,
  shape: oneOf(['list', 'base', 'field', 'message']),
  text: v.union(
    [text, v.pipe(v.array(text), v.minLength(1, 'must not be empty'))],
    'must be a text or a list of texts',
  ),
});
const errorKey = oneOf(ERROR_KEYS, 'is not an error of the catalogue');
const operation = oneOf(OPERATION_NAMES, 'is not an operation');

const texts = v.array(string, 'must be a list');

const LearnedSchema = strictFields({
  service: string,
  date: v.pipe(string, v.regex(/^\d{4}-\d\d-\d\d$/, 'must be a date such as 2026-11-25')),
  errors: v.optional(v.record(errorKey, error, 'must be an object')),
  settings: v.optional(v.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object')),
  keys: v.optional(
    strictFields({ user: v.optional(v.record(operation, keys, 'must be an object')), session: v.optional(keys) }),
  ),
  confirmed: v.optional(v.array(errorKey, 'must be a list')),
  // for people: findings that the emulator can't take over
  differences: v.optional(texts),
  guesses: v.optional(strictFields({ confirmed: texts, refuted: texts, open: texts })),
});

/**
 * Reads what `conform` wrote.
 * @param services the names of the dialects
 * @throws ControlError 422 that names the place of each problem
 */
export function readLearned(given: unknown, services: readonly string[]): Learned {
  const { settings = {}, differences: _, guesses: __, ...learned } = readInput(LearnedSchema, given);
  readInput(strictFields({ service: oneOf(services) }), { service: learned.service });
  const values = Object.entries(settings).map(([name, value]) => {
    const read = readSetting(name, value);
    if ('problem' in read) throw new ControlError(422, `settings: ${read.problem}`);
    return [name, read.value] as const;
  });
  return { ...learned, settings: Object.fromEntries(values) };
}
