import { fail } from '../model/errors.ts';
import { EMPTY_USER } from '../model/fields.ts';
import { hashPassword, passwordMatches } from '../model/passwords.ts';
import type { User } from '../model/records.ts';
import { BLANK, type Context, type Output, type Params } from './context.ts';
import { checkUnique } from './uniqueness.ts';
import { readSignUp, readUpdate, type UserInput } from './user-input.ts';

/** The application's next user: takes its id, checks nothing. */
export function addUser(context: Context, fields: Partial<User>): User {
  const { state, app, users, clock, rules } = context;
  const now = clock.iso();
  const current = state.applications.get(app.id) ?? app;
  const id = current.next_user_id;
  state.applications.put({ ...current, next_user_id: id + 1 });
  const last_request_at = rules.signUpIsRequest ? now : null;
  const user: User = { id, ...EMPTY_USER, created_at: now, updated_at: now, last_request_at, ...fields };
  users.put(user);
  return user;
}

/** POST /users. doc: User Sign Up. */
export function create(context: Context, params: Params): Output {
  return { kind: 'user', user: createUser(context, readSignUp(params, context)) };
}

/** Signs a user up. @throws ApiError `taken` */
export function createUser(context: Context, { changes, password }: UserInput): User {
  checkUnique(context.users, changes);
  return addUser(context, { password_hash: hashPassword(password!, context.random), ...changes });
}

/** GET /users/{id}. doc: Show User by identifier. */
export function show({ users }: Context, _params: Params, id: string): Output {
  return { kind: 'user', user: users.get(userId(id)) ?? fail('user_not_found') };
}

/**
 * PUT /users/{id}. doc: Update User by identifier; a new password needs the old one. guess: one's own user only, which keeps
 * a login or an email (as a sign-up needs one).
 * @throws ApiError `user_not_found`, `not_owner`, `old_password_missing`, `old_password_wrong`, `taken`,
 * `signup_credentials_missing`, and those of the input
 */
export function update(context: Context, params: Params, id: string): Output {
  const { users, clock, random } = context;
  const user = requireOwner(context, users.get(userId(id)));
  const { changes, password, old_password } = readUpdate(params, context);
  if (password !== undefined) {
    if (old_password === undefined) fail('old_password_missing', { field: 'old_password' });
    if (!passwordMatches(user.password_hash, old_password)) fail('old_password_wrong', { field: 'old_password' });
  }
  checkUnique(users, changes, user.id);
  const password_hash = password === undefined ? user.password_hash : hashPassword(password, random);
  const updated: User = { ...user, ...changes, password_hash, updated_at: clock.iso() };
  if (hasCredentials(user) && !hasCredentials(updated)) fail('signup_credentials_missing');
  users.put(updated);
  return { kind: 'user', user: updated };
}

/** DELETE /users/{id}. doc: "Users can delete their own accounts only". */
export function destroy(context: Context, _params: Params, id: string): Output {
  removeUser(context, requireOwner(context, context.users.get(userId(id))));
  return BLANK;
}

/** DELETE /users/external/{id}. doc: as by identifier. */
export function destroyExternal(context: Context, _params: Params, id: string): Output {
  removeUser(context, requireOwner(context, findExternal(context, id)));
  return BLANK;
}

/**
 * The user with an external id: the number, or the text that came after it. Both may be some user's; then the one who asks
 * means its own (guess).
 */
export function findExternal({ users, user }: Context, id: string): User | undefined {
  const found = [
    String(Number(id)) === id ? users.find('external_user_id', Number(id)) : undefined,
    users.find('external_id', id),
  ].filter((each) => each !== undefined);
  return found.find((each) => each.id === user?.id) ?? found[0];
}

/** Removes a user and ends its sessions. */
export function removeUser({ users, state }: Pick<Context, 'users' | 'state' | 'app'>, user: User): void {
  users.delete(user.id);
  for (const token of [...state.sessions.lookup('user_id', user.id).keys()]) state.sessions.delete(token);
}

function hasCredentials({ login, email }: User): boolean {
  return login !== null || email !== null;
}

function requireOwner({ user: caller }: Context, user: User | undefined): User {
  if (!user) fail('user_not_found');
  if (user.id !== caller?.id) fail('not_owner');
  return user;
}

/** An id from a path; what is no number is nobody's. */
function userId(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}
