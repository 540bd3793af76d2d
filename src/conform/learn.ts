import type { OperationName } from '../api/endpoints.ts';
import type { Learned, LearnedError } from '../dialects/learned.ts';
import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Settings } from '../model/records.ts';
import { isObject } from '../support/values.ts';
import type { Answer } from './calls.ts';
import type { Difference } from './compare.ts';

/** The answers that show whether a row holds for the service. */
export interface Outcome {
  readonly of: string;
  readonly differences: readonly Difference[];
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** The file that `conform` writes: what `--learned` reads, and the differences that it can't take over, for people. */
export type LearnedFile = Learned & { readonly differences: readonly string[] };

/**
 * Turns outcomes into rows. No values of the service get into them but statuses, keys and the texts of errors.
 * @param settings those that differ from the defaults
 * @param rowOf the emulator's own rows
 */
export function learn(
  service: string,
  date: string,
  outcomes: readonly Outcome[],
  settings: Partial<Settings>,
  rowOf: (key: ErrorKey) => ErrorRow,
): LearnedFile {
  const errors: Partial<Record<ErrorKey, LearnedError>> = {};
  const user: Partial<Record<OperationName, readonly string[]>> = {};
  let session: readonly string[] | undefined;
  const confirmed: ErrorKey[] = [];
  const differences: string[] = [];
  for (const { of, differences: found, ours, theirs } of outcomes) {
    const [kind, name = ''] = of.split(':');
    const rest = found.filter((each) => {
      if (kind === 'error') return !['status', 'text'].includes(each.part);
      const keys = each.theirs.split(',');
      if (/^keys of (user|items\[\]\.user|items\[\]|users\[\]|session\.user)$/.test(each.part))
        user[name as OperationName] = keys;
      else if (each.part === 'keys of session') session = keys.filter((key) => key !== 'user');
      else return true;
      return false;
    });
    if (kind === 'error' && rest.length < found.length) {
      const row = learnError(rowOf(name as ErrorKey), ours, theirs);
      if (row) errors[name as ErrorKey] = row;
      else differences.push(`${of}: an answer of another kind, ${theirs.status}`);
    }
    if (kind === 'error' && found.length === 0) confirmed.push(name as ErrorKey);
    // types and header names are no values
    for (const { part } of rest) differences.push(`${of}: ${part}`);
  }
  const keys = { ...(Object.keys(user).length > 0 && { user }), ...(session && { session }) };
  return {
    service,
    date,
    errors,
    settings,
    ...(Object.keys(keys).length > 0 && { keys }),
    confirmed,
    differences,
  };
}

/** The row of an error; undefined: the answer has none of the shapes of errors. */
function learnError(row: ErrorRow, ours: Answer, theirs: Answer): LearnedError | undefined {
  const found = shapeOf(theirs.body);
  if (!found || theirs.status < 400) return undefined;
  const [ourText = ''] = shapeOf(ours.body)?.texts ?? [];
  const [template = ''] = [row.text].flat();
  const texts = found.texts.map((text) => asTemplate(text, template, ourText));
  return { status: theirs.status, shape: found.shape, text: texts.length === 1 ? (texts[0] ?? '') : texts };
}

function shapeOf(body: unknown): (Pick<LearnedError, 'shape'> & { readonly texts: readonly string[] }) | undefined {
  if (!isObject(body)) return undefined;
  const { errors, message } = body;
  if (typeof message === 'string' && 'code' in body) return { shape: 'message', texts: [message] };
  if (isTexts(errors)) return { shape: 'list', texts: errors };
  if (!isObject(errors)) return undefined;
  const [field, ...others] = Object.keys(errors);
  const texts = field === undefined ? undefined : errors[field];
  if (others.length > 0 || !isTexts(texts)) return undefined;
  return { shape: field === 'base' ? 'base' : 'field', texts };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}

/** A text with the placeholders of a template, whose values another text of that template shows. */
function asTemplate(text: string, template: string, filled: string): string {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const pattern = template
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('(.*)');
  const [, ...values] = new RegExp(`^${pattern}$`, 's').exec(filled) ?? [];
  return names.reduce((done: string, name, at) => {
    const value = values[at];
    return value ? done.replaceAll(value, `{${name}}`) : done;
  }, text);
}
