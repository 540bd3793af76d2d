import type { Session, User } from '../model/records.ts';
import type { SessionView, UserView } from './dialect.ts';
import type { Fields } from './formats/document.ts';

export function presentSession(view: SessionView, session: Session): Record<string, unknown> {
  return presentRecord(view, (read) => read(session));
}

export function presentUser(view: UserView, user: User, owner_id: number | null): Fields {
  return presentRecord(view, (read) => read(user, owner_id));
}

/** A record by its view, whose readers `call` applies to it. */
function presentRecord<R>(
  view: readonly (readonly [string, R])[],
  call: (read: R) => unknown,
): Record<string, unknown> {
  const presented: Record<string, unknown> = {};
  for (const [name, read] of view) presented[name] = call(read);
  return presented;
}

/** How many users each view remembers, and the longest text of one, in characters. */
const REMEMBERED = { users: 1024, length: 2000 };

/** The last user of those that share a place, and its text once it was needed twice: most of the users who sign up are shown once. */
interface Shown {
  readonly user: User;
  readonly owner_id: number | null;
  text: string | undefined;
}

const shownBy = new WeakMap<UserView, (Shown | undefined)[]>();

/**
 * The JSON of a user. A text that is needed again is remembered, and never out of date: records don't change, new ones take their
 * place.
 */
export function userText(view: UserView, user: User, owner_id: number | null): string {
  const shown = shownBy.get(view) ?? new Array<Shown | undefined>(REMEMBERED.users);
  shownBy.set(view, shown);
  const place = user.id % REMEMBERED.users;
  const last = shown[place];
  const isSame = last?.user === user && last.owner_id === owner_id;
  if (isSame && last.text !== undefined) return last.text;
  const text = JSON.stringify(presentUser(view, user, owner_id));
  if (!isSame) shown[place] = { user, owner_id, text: undefined };
  else if (text.length <= REMEMBERED.length) last.text = text;
  return text;
}
