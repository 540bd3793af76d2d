import { ApiError, fail, type Problem } from '../model/errors.ts';
import { passwordMatches, sameText } from '../model/passwords.ts';
import type { Application, Session, Settings, User } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { UPPER_HEX } from '../support/random.ts';
import { isObject, nonEmptyText, scalarText } from '../support/values.ts';
import { BLANK, type Context, type Output, type Params, type Rules } from './context.ts';
import { byProvider } from './providers.ts';
import { signatureMatches } from './signature.ts';
import { readSignUp, readUpdate } from './user-input.ts';
import { addUser, createUser, removeUser } from './users.ts';

/** doc of the auth page: a timestamp may be off by an hour. */
const TIMESTAMP_TOLERANCE = 3600;
/** doc of the auth page: a guest's session is valid one day, then the guest is deleted. */
const GUEST_LIFETIME = 86_400_000;

/**
 * POST /session. Checks in the order that the logged answers' headers suggest: timestamp, signature, nonce, user; before them
 * `findApplication` settled that the parameters are there and name an application.
 */
export function create(context: Context, params: Params): Output {
  checkTimestamp(context, params);
  checkSignature(context, params);
  checkNonce(context, params);
  const user = userOfNewSession(context, params);
  return { kind: 'session', session: addSession(context, user, params), user };
}

/** log: by the time that the user turns out to be wrong, the ancestor has made the session, and says when it ends. */
function userOfNewSession(context: Context, params: Params): User | null {
  try {
    return identify(context, userParams(params), params, true);
  } catch (error) {
    if (error instanceof ApiError) error.sessionEnd = endOfSession(context);
    throw error;
  }
}

/**
 * The application that a new session is asked for, by id and key.
 * @param settings of the application, as far as it is known
 * @throws ApiError `param_required` for each one missing (guess: in alphabetical order), `application_unknown`
 */
export function findApplication(
  app: Application | undefined,
  rules: Rules,
  settings: Settings,
  params: Params,
): Application {
  const needed = settings.require_signature ? [...rules.sessionParams, 'signature'].sort() : rules.sessionParams;
  const problems: Problem[] = needed
    .filter((name) => nonEmptyText(params[name]) === undefined)
    .map((field) => ({ key: 'param_required', params: { field } }));
  if (problems.length > 0) throw new ApiError(problems);
  return app && sameText(app.auth_key, String(params.auth_key)) ? app : fail('application_unknown');
}

/** GET /session. */
export function show({ session, user }: Context): Output {
  return { kind: 'session', session: session!, user };
}

/** DELETE /session. log: the token is unknown from then on. */
export function destroy({ state, session }: Context): Output {
  state.sessions.delete(session!.token);
  return BLANK;
}

/** DELETE /session/{id} and /session/list. sdk: Dart ends one session of the user, or all but the current one. */
export function destroyOther({ state, session, user }: Context, _params: Params, id: string): Output {
  const own = [...state.sessions.lookup('user_id', user!.id).keys()].map((token) => state.sessions.get(token)!);
  const others = own.filter(({ token }) => token !== session!.token);
  // where all sessions of a user have the same id, the caller's own is meant
  const ended = id === 'list' ? others : [session!, ...others].filter((each) => String(each.id) === id).slice(0, 1);
  for (const { token } of ended) state.sessions.delete(token);
  return BLANK;
}

/** POST /login: the session becomes the user's. */
export function login(context: Context, params: Params): Output {
  const { state, session, rules, clock } = context;
  const user = identify(context, params, params, false) ?? fail('credentials_missing');
  const id = rules.sessionIdIsUserId ? user.id : session!.id;
  state.sessions.put({ ...session!, id, user_id: user.id, updated_at: clock.now() });
  return { kind: 'user', user };
}

/** DELETE /login: the token stays, as an application's session. */
export function logout({ state, session, clock, rules, random }: Context): Output {
  const id = rules.sessionIdIsUserId ? random.integer() : session!.id;
  state.sessions.put({ ...session!, id, user_id: null, updated_at: clock.now() });
  return BLANK;
}

/** A session made without asking for credentials; `timestamp` and `nonce` are echoed in it. */
export function addSession(context: Context, user: User | null, params: Params = {}): Session {
  const { state, app, rules, clock, random } = context;
  const now = clock.now();
  let token: string;
  // a seeded generator begins anew with a reset, but a snapshot may bring back what it made before
  do token = random.token(rules.token.alphabet, rules.token.length);
  while (state.sessions.get(token));
  const session: Session = {
    token,
    id: user && rules.sessionIdIsUserId ? user.id : random.integer(),
    application_id: app.id,
    user_id: user?.id ?? null,
    nonce: echo(params.nonce),
    ts: numeric(params.timestamp) ?? Math.floor(now / 1000),
    created_at: now,
    updated_at: now,
    expires_at: user?.guest_until ?? endOfSession(context),
  };
  state.sessions.put(session);
  return session;
}

/** When a session that is used now ends (ms). */
function endOfSession({ settings, clock }: Context): number {
  return clock.now() + settings.session_ttl * 1000;
}

/** The session, if there is one whose time isn't over. @throws ApiError `session_missing` @param now ms */
export function findSession(session: Session | undefined, now: number): Session {
  return session && session.expires_at > now ? session : fail('session_missing');
}

/**
 * Notes that a session was used: its end moves (log: two hours after the last request), and so does the user's
 * `last_request_at`. Both have a resolution of a second, and no answer waits until they are kept.
 */
export function touch(context: Context): void {
  const { state, users, session, clock } = context;
  const current = session && state.sessions.get(session.token);
  if (!current) return;
  const user = current.user_id === null ? undefined : users.get(current.user_id);
  const expires_at = endOfSession(context);
  const moved = !user?.guest_until && Math.abs(expires_at - current.expires_at) >= 1000;
  const last_request_at = clock.iso();
  const seen = user !== undefined && user.last_request_at !== last_request_at;
  if (!moved && !seen) return;
  state.deferred(() => {
    if (moved) state.sessions.put({ ...current, expires_at });
    if (seen) users.put({ ...user, last_request_at });
  });
}

/** Removes sessions whose time is over, and guests with them. @returns when (ms) the next guest is due; Infinity: none */
export function sweep(state: State, now: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const session of [...state.sessions.values()])
    if (session.expires_at <= now) state.sessions.delete(session.token);
  for (const app of state.applications.values()) {
    const users = state.users(app.id);
    for (const id of [...users.lookup('guest', 'guest').keys()]) {
      const guest = users.get(id)!;
      if (guest.guest_until! <= now) removeUser({ app, state, users }, guest);
      else due = Math.min(due, guest.guest_until!);
    }
  }
  return due;
}

/**
 * The user that credentials, a guest's request or a provider's token stand for; null when nothing of it was sent.
 * @param given where the credentials are: `user[…]` of a new session, the top level of a login
 */
function identify(context: Context, given: Params, params: Params, newSession: boolean): User | null {
  const { rules, users, settings } = context;
  if (nonEmptyText(params.provider) !== undefined) return byProvider(context, params);
  if (rules.guests && newSession && ['1', 'true'].includes(scalarText(given.guest) ?? ''))
    return addGuest(context, given);
  // doc: a sign-up trims what is sent, so the same sent again means the same user
  const login = nonEmptyText(given.login)?.trimEnd() || undefined;
  const email = nonEmptyText(given.email)?.trimEnd() || undefined;
  if (login === undefined && email === undefined) {
    return newSession && given.password === undefined ? null : fail('credentials_missing');
  }
  const password = nonEmptyText(given.password) ?? fail('param_required', { field: 'password' });
  const user = login !== undefined ? users.find('login', login) : users.find('email', email!);
  if (user) return passwordMatches(user.password_hash, password) ? user : fail('wrong_password');
  if (!newSession || !settings.create_user_on_session) fail('login_unknown');
  return createUser(context, readSignUp({ user: given }, context));
}

/** log: a guest's login is `guest_login_` and 36 digits; doc of the auth page: after a day it is deleted. */
function addGuest(context: Context, given: Params): User {
  const { random, clock } = context;
  return addUser(context, {
    login: `guest_login_${random.token(UPPER_HEX, 36)}`,
    ...readUpdate({ user: { full_name: given.full_name } }, context).changes,
    guest_until: clock.now() + GUEST_LIFETIME,
  });
}

function checkTimestamp({ clock }: Context, { timestamp }: Params): void {
  if (nonEmptyText(timestamp) === undefined) return;
  const seconds = numeric(timestamp);
  const near = (ms: number) => seconds !== null && Math.abs(seconds - ms / 1000) <= TIMESTAMP_TOLERANCE;
  // sdk: they stamp by the machine's time, also while the sandbox's clock shows another
  if (!near(clock.now()) && !near(clock.systemNow())) fail('bad_timestamp', { field: 'timestamp' });
}

/** sdk: current ones send no signature; one that is sent is always checked, where the secret is known. */
function checkSignature({ app }: Context, params: Params): void {
  if (params.signature === undefined || app.auth_secret === null) return;
  if (!signatureMatches(params, app.auth_secret)) fail('unexpected_signature');
}

function checkNonce({ settings, nonces, app }: Context, { nonce, timestamp }: Params): void {
  if (!settings.check_nonce || nonEmptyText(nonce) === undefined || nonEmptyText(timestamp) === undefined) return;
  const used = `${app.id} ${timestamp} ${nonce}`;
  if (nonces.has(used)) fail('nonce_taken', { field: 'nonce' });
  nonces.add(used);
}

function userParams(params: Params): Params {
  return isObject(params.user) ? params.user : {};
}

function numeric(value: unknown): number | null {
  return /^-?\d{1,15}$/.test(scalarText(value) ?? '') ? Number(value) : null;
}

/** log: sent as text, echoed as a number; a nonce may be any text. */
function echo(value: unknown): number | string | null {
  return numeric(value) ?? nonEmptyText(value) ?? null;
}
