import { ApiError, fail } from '../model/errors.ts';
import type { Session, User } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { identifyForLogin, identifyForSession } from './authentication.ts';
import {
  type ApplicationContext,
  BLANK,
  type Output,
  type Params,
  type SessionContext,
  type UserContext,
} from './context.ts';
import { checkSigning, echoOf, secondsOf } from './signature.ts';
import { removeUser } from './users.ts';

/**
 * POST /session. log: the headers of logged errors suggest this order of checks: timestamp, signature, nonce, user. By now
 * `findApplication` has found the application.
 * @throws ApiError `bad_timestamp`, `unexpected_signature`, `nonce_taken`, and those of `identifyForSession`
 */
export function create(context: ApplicationContext, params: Params): Output<'session'> {
  checkSigning(context, params);
  const user = userOfNewSession(context, params);
  const session = addSession(context, user, params);
  // `app` is the record as it was before a sign-up
  const isKnown = user !== null && user.id < context.app.next_user_id;
  // doc: auth, the examples: of a known user, the session's own time; of a new one and of a guest, null
  return { kind: 'session', session, user: isKnown ? { ...user, last_request_at: context.clock.iso() } : user };
}

/** log: when the user turns out to be wrong, the ancestor has already made the session, and the error's headers say when it ends. */
function userOfNewSession(context: ApplicationContext, params: Params): User | null {
  try {
    return identifyForSession(context, params);
  } catch (error) {
    if (error instanceof ApiError) error.sessionEnd = endOfSession(context);
    throw error;
  }
}

/** GET /session. doc: auth. */
export function show({ session, user }: SessionContext): Output<'session'> {
  return { kind: 'session', session, user };
}

/** DELETE /session. log: from then on the token is unknown. */
export function destroy({ state, session }: SessionContext): Output<'blank'> {
  state.sessions.delete(session.token);
  return BLANK;
}

/** DELETE /session/list. sdk: Dart, Android and iOS end all sessions of the user but the current one. */
export function destroyOthers(context: UserContext): Output<'blank'> {
  for (const { token } of otherSessions(context)) context.state.sessions.delete(token);
  return BLANK;
}

/** DELETE /session/{id}. sdk: Dart, Android and iOS end one session of the user. @throws ApiError `session_not_found` */
export function destroyOne(context: UserContext, _params: Params, id: string): Output<'blank'> {
  // where all sessions of a user have the same id, the caller's own is meant
  const ended = [context.session, ...otherSessions(context)].find((each) => String(each.id) === id);
  context.state.sessions.delete((ended ?? fail('session_not_found')).token);
  return BLANK;
}

function otherSessions({ state, session, user }: UserContext): Session[] {
  const tokens = [...state.sessions.lookup('user_id', user.id).keys()].filter((token) => token !== session.token);
  return tokens.flatMap((token) => state.sessions.get(token) ?? []);
}

/** POST /login: the session becomes the user's. @throws ApiError those of `identifyForLogin` */
export function login(context: SessionContext, params: Params): Output<'user'> {
  const { state, session, rules, clock } = context;
  const user = identifyForLogin(context, params);
  const id = rules.sessionIdIsUserId ? user.id : session.id;
  state.sessions.put({ ...session, id, user_id: user.id, updated_at: clock.now() });
  return { kind: 'user', user };
}

/** DELETE /login: the token lives on as an application's session. */
export function logout({ state, session, clock, rules, random }: SessionContext): Output<'blank'> {
  const id = rules.sessionIdIsUserId ? random.integer() : session.id;
  state.sessions.put({ ...session, id, user_id: null, updated_at: clock.now() });
  return BLANK;
}

/**
 * Makes a session without checking any credentials.
 * @param params `timestamp` and `nonce` are repeated in the session
 */
export function addSession(context: ApplicationContext, user: User | null, params: Params = {}): Session {
  const { state, app, rules, clock, random } = context;
  const now = clock.now();
  let token: string;
  // a seeded generator starts over at a reset, and a snapshot may bring back tokens that it made before
  do token = random.token(rules.token.alphabet, rules.token.length);
  while (state.sessions.get(token));
  const session: Session = {
    token,
    id: user && rules.sessionIdIsUserId ? user.id : random.integer(),
    application_id: app.id,
    user_id: user?.id ?? null,
    nonce: echoOf(params.nonce),
    ts: secondsOf(params.timestamp) ?? Math.floor(now / 1000),
    created_at: now,
    updated_at: now,
    expires_at: user?.guest_until ?? endOfSession(context),
  };
  state.sessions.put(session);
  return session;
}

/** The time (ms) at which a session ends that is used now. */
function endOfSession({ settings, clock }: ApplicationContext): number {
  return clock.now() + settings.session_ttl * 1000;
}

/** The session, unless it has expired or never was. @param now ms @throws ApiError `session_missing` */
export function findSession(session: Session | undefined, now: number): Session {
  return session && session.expires_at > now ? session : fail('session_missing');
}

/**
 * Records that a session was used: that moves its end (log: to two hours after the last request) and the user's
 * `last_request_at`. Both change at most once a second, and no answer waits until they are stored.
 */
export function touch(context: ApplicationContext, used: Session): void {
  const { state, users, clock } = context;
  const session = state.sessions.get(used.token);
  // a logout or the end of the session is a request of its user, too
  const user_id = session?.user_id ?? used.user_id;
  const user = user_id === null ? undefined : users.get(user_id);
  const expires_at = endOfSession(context);
  const moved = session && !user?.guest_until && Math.abs(expires_at - session.expires_at) >= 1000;
  const last_request_at = clock.iso();
  const seen = user !== undefined && user.last_request_at !== last_request_at;
  if (!moved && !seen) return;
  state.deferred(() => {
    if (moved) state.sessions.put({ ...session, expires_at });
    if (seen) users.put({ ...user, last_request_at });
  });
}

/** Removes expired sessions and guests. @param now ms @returns when (ms) the next guest expires; Infinity without guests */
export function sweep(state: State, now: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const session of [...state.sessions.values()])
    if (session.expires_at <= now) state.sessions.delete(session.token);
  for (const app of state.applications.values()) {
    const users = state.users(app.id);
    for (const id of [...users.lookup('guest', 'guest').keys()]) {
      const guest = users.get(id);
      if (!guest || guest.guest_until === null) continue;
      if (guest.guest_until <= now) removeUser({ state, users }, guest);
      else due = Math.min(due, guest.guest_until);
    }
  }
  return due;
}
