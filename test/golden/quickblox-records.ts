import { compact, type Example } from './examples.ts';

type Value = string | number | null;
/** A user as an example prints it. */
export type PrintedUser = Readonly<Record<string, Value>> & { readonly id: number; readonly owner_id: number };

/** The users in a printed response, and their total number. */
export function printedUsers({ format, text }: NonNullable<Example['response']>): {
  readonly users: readonly PrintedUser[];
  readonly total: number;
} {
  if (format === 'json') {
    const { user, items, total_entries } = JSON.parse(compact(text.replace(/,\s*\.\.\./, '')));
    return { users: user ? [user] : items.map((item: { user: PrintedUser }) => item.user), total: total_entries ?? 1 };
  }
  const users = [...text.matchAll(/<user>.*?<\/user>/gs)].map(([user]) => userOf(user));
  return { users, total: Number(/total_entries=["'](\d+)/.exec(text)?.[1] ?? 1) };
}

function userOf(xml: string): PrintedUser {
  const elements = xml.matchAll(/<([\w-]+)( type='integer')?[^>]*?(?:\/>|>([^<]*)<\/\1>)/g);
  const fields = [...elements].map(([, name, integer, text]): [string, Value] => [
    name!.replaceAll('-', '_'),
    text === undefined ? null : integer ? Number(text) : text,
  ]);
  return Object.fromEntries(fields) as PrintedUser;
}

/** A document without differences of style: indentation and, in XML, the quotes of attributes. */
export function normalized(format: string, text: string): string {
  if (format === 'json') return text;
  const lines = text.split('\n').map((line) => line.trim());
  return lines.join('').replace(/='([^']*)'/g, '="$1"');
}

/** How a whole answer begins and ends: a printed `...` stands for omitted users between the two. */
export function printed({ format, text }: NonNullable<Example['response']>): readonly [head: string, tail: string] {
  const gap = '"…"';
  const whole = format === 'json' ? compact(text.replace(/,(\s*)\.\.\./, `,${gap}`)) : text.replace('...', gap);
  const [head, tail = ''] = normalized(format, whole).split(gap) as [string, string?];
  return [head, tail];
}
