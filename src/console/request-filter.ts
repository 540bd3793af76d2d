import type { JournalEntry } from '../sandbox/journal-entry.ts';

type Test = (entry: JournalEntry) => boolean;

/** The filter's fields: `status:4xx` and the like. */
const FIELDS: Readonly<Record<string, (entry: JournalEntry, value: string) => boolean>> = {
  status: ({ status }, value) =>
    new RegExp(`^${value.replace(/[^\dx]/g, '').replaceAll('x', '\\d')}`).test(String(status)),
  op: ({ operation }, value) => includes(operation, value),
  method: ({ method }, value) => method.toLowerCase() === value,
  path: ({ path }, value) => includes(path, value),
  user: ({ user_id }, value) => String(user_id) === value,
  app: ({ application }, value) => String(application) === value,
  tag: ({ tag }, value) => includes(tag, value),
  error: ({ errors }, value) => includes(errors.join(' '), value),
  fault: ({ fault }, value) => includes(fault, value),
  body: ({ response, request }, value) => includes(JSON.stringify([request.params, response?.body]), value),
};

function includes(text: string | undefined, part: string): boolean {
  return (text ?? '').toLowerCase().includes(part);
}

const texts = new WeakMap<JournalEntry, string>();

/** All text of an entry that words of the filter are looked for in: also parameters and the answer's body. */
function textOf(entry: JournalEntry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const { method, path, operation, status, tag, errors, user_id, fault, warnings, request, response } = entry;
  const parts = [method, path, request.url, operation, status, tag, user_id, fault, ...errors, ...warnings];
  const text = `${parts.join(' ')} ${JSON.stringify([request.params, response?.body])}`.toLowerCase();
  texts.set(entry, text);
  return text;
}

/** Whether an entry meets every word of a filter: `word`, `field:value`, or either with `-` before it, which it must not meet. */
export function matcher(filter: string): Test {
  const tests = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .map((word): Test => {
      if (word.startsWith('-')) {
        const meets = testOf(word.slice(1));
        return (entry) => !meets(entry);
      }
      return testOf(word);
    });
  return (entry) => tests.every((meets) => meets(entry));
}

function testOf(word: string): Test {
  const at = word.indexOf(':');
  const field = at > 0 && Object.hasOwn(FIELDS, word.slice(0, at)) ? FIELDS[word.slice(0, at)] : undefined;
  if (field) return (entry) => field(entry, word.slice(at + 1));
  return (entry) => textOf(entry).includes(word);
}
