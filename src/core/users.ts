import { fail } from '../model/errors.ts';
import { EMPTY_USER } from '../model/fields.ts';
import { hashPassword, passwordMatches } from '../model/passwords.ts';
import type { User } from '../model/records.ts';
import { keysOf } from '../support/values.ts';
import { type ApplicationContext, BLANK, type CallerContext, type Output, type Params } from './context.ts';
import { checkUnique } from './uniqueness.ts';
import { readSignUp, readUpdate, type SignUpInput, type UpdateInput, type UserChanges } from './user-input.ts';

/** Stores a user with the application's next id. Checks nothing. */
export function addUser(context: ApplicationContext, fields: Partial<User>): User {
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

/** POST /users. doc: users/user-sign-up. @throws ApiError `taken`, and those of the input */
export function create(context: ApplicationContext, params: Params): Output<'user'> {
  return { kind: 'user', user: createUser(context, readSignUp(params, context)) };
}

/** Signs a user up. @throws ApiError `taken` */
export function createUser(context: ApplicationContext, { changes, password }: SignUpInput): User {
  checkUnique(context, changes);
  return addUser(context, { password_hash: hashPassword(password, context.random), ...changes });
}

/** GET /users/{id}. doc: users/show-user-by-identifier. @throws ApiError `bad_user_id`, `user_not_found` */
export function show({ users }: CallerContext, _params: Params, id: string): Output<'user'> {
  return { kind: 'user', user: users.get(idOf(id)) ?? fail('user_not_found') };
}

/**
 * PUT /users/{id}. doc: users/update-user-by-identifier, a new password requires the old one; later-users/update-user, users change
 * only themselves. guess: they keep a login or an email, as a sign-up requires one.
 * @throws ApiError `bad_user_id`, `user_not_found`, `not_owner`, `old_password_missing`, `old_password_wrong`, `taken`,
 * `signup_credentials_missing`, and those of the input
 */
export function update(context: CallerContext, params: Params, id: string): Output<'user'> {
  const user = requireOwner(context, context.users.get(idOf(id)));
  const input = readUpdate(params, context);
  checkOldPassword(user, input);
  return { kind: 'user', user: changeUser(context, user, input, keepsCredentials) };
}

/**
 * doc: users/update-user-by-identifier. log: two clients had success with the current password and no old one; guess: one that changes
 * nothing needs the old one, too.
 */
function checkOldPassword({ password_hash }: User, { password, old_password }: UpdateInput): void {
  if (password === undefined) return;
  if (old_password === undefined) fail('old_password_missing', { field: 'old_password' });
  if (!passwordMatches(password_hash, old_password)) fail('old_password_wrong', { field: 'old_password' });
}

/** @throws ApiError `signup_credentials_missing` */
function keepsCredentials(user: User, changed: User): void {
  if (hasCredentials(user) && !hasCredentials(changed)) fail('signup_credentials_missing');
}

function hasCredentials({ login, email }: User): boolean {
  return login !== null || email !== null;
}

/**
 * Changes a user: the rule of every update, by users, owners and the control plane.
 * @param check a further condition of the caller's, which throws before anything is stored
 * @throws ApiError `taken`
 */
export function changeUser(
  context: ApplicationContext,
  user: User,
  { changes, password }: Pick<UpdateInput, 'changes' | 'password'>,
  check?: (user: User, changed: User) => void,
): User {
  const { users, clock, random } = context;
  checkUnique(context, changes, user.id);
  // doc: users/users-model, updated_at moves "when user's data are updated"
  if (password === undefined && changesNothing(user, changes)) return user;
  const password_hash = password === undefined ? user.password_hash : hashPassword(password, random);
  const changed: User = { ...user, ...changes, password_hash, updated_at: clock.iso() };
  check?.(user, changed);
  users.put(changed);
  return changed;
}

/** Whether all fields have these values already. Values are scalars, and lists of tags. */
function changesNothing(user: User, changes: UserChanges): boolean {
  return keysOf(changes).every((name) => JSON.stringify(changes[name]) === JSON.stringify(user[name]));
}

/** DELETE /users/{id}. doc: users/delete-user-by-identifier, "Users can delete their own accounts only". */
export function destroy(context: CallerContext, _params: Params, id: string): Output<'blank'> {
  removeUser(context, requireOwner(context, context.users.get(idOf(id))));
  return BLANK;
}

/** DELETE /users/external/{id}. doc: users/delete-user-by-external-user-id. */
export function destroyExternal(context: CallerContext, _params: Params, id: string): Output<'blank'> {
  removeUser(context, requireOwner(context, findExternal(context, id)));
  return BLANK;
}

/**
 * The user with an external id: `external_user_id`, a number, or its successor `external_id`, a text. Where both match, but
 * different users, callers find themselves first (guess).
 */
export function findExternal({ users, user: caller }: CallerContext, id: string): User | undefined {
  const found = [
    String(Number(id)) === id ? users.find('external_user_id', Number(id)) : undefined,
    users.find('external_id', id),
  ].filter((user) => user !== undefined);
  return found.find((user) => user.id === caller?.id) ?? found[0];
}

/** Removes a user and ends its sessions. sdk: an Android sample of 2016 learns from a 401 that its user was deleted elsewhere. */
export function removeUser({ users, state }: Pick<ApplicationContext, 'users' | 'state'>, user: User): void {
  users.delete(user.id);
  for (const token of [...state.sessions.lookup('user_id', user.id).keys()]) state.sessions.delete(token);
}

/** sdk: the account's owner may change and delete all users. @throws ApiError `user_not_found`, `not_owner` */
function requireOwner({ session, user: caller, settings }: CallerContext, user: User | undefined): User {
  if (!user) fail('user_not_found');
  const ownsAccount =
    session === null || (settings.account_owner !== 'none' && caller?.login === settings.account_owner);
  if (user.id !== caller?.id && !ownsAccount) fail('not_owner');
  return user;
}

/** Parses an id from a path. @throws ApiError `bad_user_id` */
function idOf(text: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  return id > 0 ? id : fail('bad_user_id', { field: 'id' });
}
