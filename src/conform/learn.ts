import type { OperationName } from '../api/operation-names.ts';
import type { Learned, LearnedError } from '../dialects/learned.ts';
import type { ErrorKey, ErrorRow } from '../model/error-catalogue.ts';
import type { Settings } from '../model/records.ts';
import { escapePattern } from '../support/printable.ts';
import { isObject } from '../support/values.ts';
import type { Answer } from './calls.ts';
import { type Difference, isOfHeader, NO_ANSWER } from './compare.ts';
import { nameOf, type Outcome, rowOf } from './verdict.ts';

/** The file that `conform` writes: the rows that `--learned` reads, and findings for people, which the emulator can't use. */
export interface LearnedFile extends Learned {
  /** Differences that no row can hold. */
  readonly differences: readonly string[];
  readonly guesses: {
    readonly confirmed: readonly string[];
    readonly refuted: readonly string[];
    /** Those that no answer of this run has settled. */
    readonly open: readonly string[];
  };
}

/**
 * Turns outcomes into rows. No values of the service get into them but statuses, keys and the texts of errors.
 * @param settings those that differ from the defaults
 * @param open the guesses that were not asked about
 * @param errorRow the emulator's own rows
 */
export function learn(
  service: string,
  date: string,
  outcomes: readonly Outcome[],
  settings: Partial<Settings>,
  open: readonly string[],
  errorRow: (key: ErrorKey) => ErrorRow,
): LearnedFile {
  const errors: Partial<Record<ErrorKey, LearnedError>> = {};
  const user: Partial<Record<OperationName, readonly string[]>> = {};
  let session: readonly string[] | undefined;
  const asked = new Set<ErrorKey>();
  const differing = new Set<ErrorKey>();
  const differences: string[] = [];
  for (const outcome of outcomes) {
    const { probe, teaches, differences: found, ours, theirs } = outcome;
    const [kind, name] = rowOf(outcome.of).split(':') as ['error', ErrorKey] | ['operation', OperationName];
    const mayTeach = teaches && (probe.teachesWith ?? theirs.status) === theirs.status;
    if (kind === 'error') {
      asked.add(name);
      if (!found.every(isOfHeader)) differing.add(name);
    }
    const row = kind === 'error' && mayTeach && found.some(isOfRow) && learnError(errorRow(name), ours, theirs);
    if (kind === 'error' && row) errors[name] = row;
    for (const difference of found) {
      const { part } = difference;
      const keys = difference.theirs.split(',');
      if (row && isOfRow(difference)) continue;
      if (kind === 'operation' && mayTeach && KEYS_OF_USER.test(part)) user[name] = keys;
      else if (mayTeach && part === 'keys of session') session = keys;
      // types and names of headers are not values
      else differences.push(`${nameOf(probe)}: ${part === 'status' ? statusOf(theirs) : part}`);
    }
  }
  const settled = (isConfirmed: boolean) =>
    outcomes.flatMap((outcome) =>
      outcome.guesses
        .filter((guess) => guess.isConfirmed === isConfirmed)
        .map(({ text }) => `${nameOf(outcome.probe)}: ${text}`),
    );
  const keys = { ...(Object.keys(user).length > 0 && { user }), ...(session && { session }) };
  return {
    service,
    date,
    errors,
    settings,
    ...(Object.keys(keys).length > 0 && { keys }),
    confirmed: [...asked].filter((key) => !differing.has(key)),
    differences,
    guesses: { confirmed: settled(true), refuted: settled(false), open },
  };
}

function statusOf({ status }: Answer): string {
  return status === 0 ? NO_ANSWER : `status ${status}`;
}

/** The parts of a difference that the row of an error holds. */
const OF_ROW: readonly string[] = ['status', 'shape', 'text'];
const KEYS_OF_USER = /^keys of (user|items\[\]\.user|items\[\]|users\[\]|session\.user)$/;

function isOfRow({ part }: Difference): boolean {
  return OF_ROW.includes(part);
}

/**
 * The differences that an earlier question hasn't found: one about the same row or, of headers, any other.
 * @param first the question about the same row, and its answers
 * @param earlier all outcomes so far
 */
export function newDifferences(
  found: readonly Difference[],
  { ours, theirs }: Pick<Outcome, 'ours' | 'theirs'>,
  first: Outcome | undefined,
  earlier: readonly Outcome[],
  row: ErrorRow | undefined,
): readonly Difference[] {
  const learned = row && learnError(row, ours, theirs);
  const isAsLearned =
    first && row && learned && JSON.stringify(learned) === JSON.stringify(learnError(row, first.ours, first.theirs));
  return found.filter((each) => {
    if (isAsLearned && isOfRow(each)) return false;
    const outcomes = isOfHeader(each) ? earlier : first ? [first] : [];
    return !outcomes.some(({ differences }) =>
      differences.some((known) => known.part === each.part && known.theirs === each.theirs),
    );
  });
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
    .map(escapePattern)
    .join('(.*)');
  const [, ...values] = new RegExp(`^${pattern}$`, 's').exec(filled) ?? [];
  return names.reduce((done: string, name, at) => {
    const value = values[at];
    return value ? done.replaceAll(value, `{${name}}`) : done;
  }, text);
}
