import { dialectOf } from '../dialects/index.ts';
import { fail } from '../model/errors.ts';
import { passwordMatches } from '../model/passwords.ts';
import type { Application, User } from '../model/records.ts';
import type { OpenConnection } from '../sandbox/chat-connections.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** The application and the user whom a login names, as far as they exist. */
export interface AddressedUser {
  readonly app?: Application | undefined;
  readonly user?: User | undefined;
}

/** sdk: a login's name is `<user id>-<application id>`. */
export function addressedUser({ state }: Sandbox, name: string): AddressedUser {
  const [, id, application] = /^(\d{1,15})-(\d{1,15})$/.exec(name) ?? [];
  const app = state.applications.get(Number(application));
  return { app, user: app && state.users(app.id).get(Number(id)) };
}

/**
 * Checks the password of a login. sdk: it is the user's own or, with later releases, the token of a session of this user.
 * @throws ApiError `application_unknown`, `user_not_found`, `session_missing` or `wrong_password`: XMPP has one error for all of
 * them, but the journal shows the reason
 */
export function checkCredentials(
  { state, clock }: Sandbox,
  { app = fail('application_unknown'), user = fail('user_not_found') }: AddressedUser,
  password: string,
): Omit<OpenConnection, 'end'> {
  const login = { application_id: app.id, user_id: user.id };
  if (passwordMatches(user.password_hash, password)) return { ...login, token: undefined };
  const session = state.sessions.get(password);
  const { token } = dialectOf(app.dialect).rules;
  if (!session) fail(password.length === token.length ? 'session_missing' : 'wrong_password');
  const isOwn = session.application_id === app.id && session.user_id === user.id;
  return isOwn && session.expires_at > clock.now() ? { ...login, token: session.token } : fail('session_missing');
}
