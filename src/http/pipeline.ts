import type { Access, ContextOf, Endpoint } from '../api/endpoints.ts';
import { moduleOf } from '../api/modules.ts';
import { findApplication } from '../core/authentication.ts';
import { type ApplicationContext, hasUser } from '../core/context.ts';
import { findSession, touch } from '../core/sessions.ts';
import type { Format } from '../dialects/dialect.ts';
import { present, presentError } from '../dialects/present.ts';
import { CONTROL_PATH, RESET_PAGE_PATH } from '../model/addresses.ts';
import { ApiError, fail, type Problem } from '../model/errors.ts';
import type { Application, Session } from '../model/records.ts';
import type { StubAccess } from '../model/stubs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { countStub, type MatchedStub } from '../sandbox/stubs.ts';
import type { LoggedResponse } from './api-messages.ts';
import { entityTag, matchesTag } from './entity-tag.ts';
import { formatOf, type ResolvedRequest } from './recognize.ts';
import { type StubFacts, stubResponse } from './stub-answer.ts';

const NO_PROBLEMS: readonly Problem[] = [];

/** Answers a request. Every error of the API on the way becomes its answer. */
export function answer(sandbox: Sandbox, resolved: ResolvedRequest): LoggedResponse {
  const { request, route, caller, stub } = resolved;
  const { dialect, session } = caller;
  const format = formatOf(request, dialect);
  try {
    if (stub) return runStub(sandbox, resolved, stub);
    if (!route || dialect.missingOperations.has(route.endpoint.operation)) {
      const { method, path } = request;
      const module = moduleOf(path);
      if (module === undefined) fail('route_unknown', { method, path });
      fail('not_emulated', { method, path, module });
    }
    return run(sandbox, resolved, route.endpoint, route.id, format);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return answerError(sandbox, resolved, error, session);
  }
}

/** Authorizes a request, runs its rule and presents the result. @throws ApiError */
function run<A extends Access>(
  sandbox: Sandbox,
  resolved: ResolvedRequest,
  endpoint: Endpoint<A>,
  id: string,
  format: Format,
): LoggedResponse {
  const { request, caller } = resolved;
  const { dialect } = caller;
  // where nothing is required, a token isn't checked, and so not used either
  const session = endpoint.access === 'anyone' ? undefined : caller.session;
  const context = AUTHORIZE[endpoint.access](sandbox, resolved);
  try {
    const wait = sandbox.throttle(context.app);
    if (wait > 0) fail('too_many_requests', {}, { 'Retry-After': String(wait) });
    const { app, settings } = context;
    if (endpoint.forbiddenBy && settings[endpoint.forbiddenBy]) fail('list_disabled', { application: app.id });
    const output = endpoint.run(context, request.params, id);
    const body = present(dialect, format, endpoint.operation, app, settings, output);
    const used = output.kind === 'session' ? output.session : session;
    if (used) touch(context, used);
    return respond(sandbox, resolved, endpoint.status, body, used);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // log: a request that ends in an error counts as the last one, too
    if (session) touch(context, session);
    return answerError(sandbox, resolved, error, caller.session);
  }
}

/** Answers a request with a stub, once the caller has the access that the stub requires. @throws ApiError */
function runStub(sandbox: Sandbox, resolved: ResolvedRequest, matched: MatchedStub): LoggedResponse {
  const { request, caller } = resolved;
  const { stub } = matched;
  const context = STUB_ACCESS[stub.access ?? 'none'](sandbox, resolved);
  const session = context && caller.session;
  try {
    const wait = context ? sandbox.throttle(context.app) : 0;
    if (wait > 0) fail('too_many_requests', {}, { 'Retry-After': String(wait) });
    const users = caller.app && sandbox.state.users(caller.app.id);
    const user = (caller.session?.user_id != null && users?.get(caller.session.user_id)) || null;
    const facts: StubFacts = { request, app: caller.app?.id, session: caller.session, user };
    const { status, headers, ...body } = stubResponse(sandbox, matched, facts);
    countStub(sandbox.state, stub);
    if (context && session) touch(context, session);
    // sdk: Android 4 of the ancestor fails where an answer lacks the end of its session
    const shown = session ?? (isLiving(sandbox, caller.session) ? caller.session : undefined);
    return respond(sandbox, resolved, status, body, shown, headers);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (context && session) touch(context, session);
    return answerError(sandbox, resolved, error, caller.session);
  }
}

/** Adds the dialect's headers to a body. @param used the session that the request used or made @param own headers of a stub */
export function respond(
  sandbox: Sandbox,
  { request, route, stub, caller: { dialect } }: ResolvedRequest,
  given: number,
  body: { readonly type: string; readonly text: string },
  used: Session | undefined,
  own?: Readonly<Record<string, string>>,
): LoggedResponse {
  const tag = dialect.entityTags && request.method === 'GET' && given < 300 ? entityTag(body.text) : undefined;
  const status = tag && matchesTag(request.headers['if-none-match'], tag) ? 304 : given;
  const headers = dialect.headers({
    operation: stub ? undefined : route?.endpoint.operation,
    status,
    method: request.method,
    expiry: used ? { before: used.expires_at, after: expiryOf(sandbox, used) } : undefined,
  });
  if (tag) headers.ETag = tag;
  for (const name in own) replaceHeader(headers, name, own[name] ?? '');
  return { status, headers, ...body, problems: NO_PROBLEMS };
}

/** Sets a header in place of one of the same name, however it is spelled. */
export function replaceHeader(headers: Record<string, string>, name: string, value: string): void {
  const known = Object.keys(headers).find((each) => each.toLowerCase() === name.toLowerCase());
  if (known !== undefined) delete headers[known];
  headers[name] = value;
}

/**
 * Presents an error in the dialect and format of the request.
 * @param session whose end the answer's headers show
 * @param given a status instead of the error's own
 */
export function answerError(
  sandbox: Sandbox,
  { request, route, stub, caller }: ResolvedRequest,
  error: ApiError,
  session?: Session,
  given?: number,
): LoggedResponse {
  const { dialect } = caller;
  const { type, text, ...presented } = presentError(dialect, formatOf(request, dialect), error);
  const status = given ?? presented.status;
  const end = isLiving(sandbox, session) ? session.expires_at : error.sessionEnd;
  const headers = dialect.headers({
    operation: stub ? undefined : route?.endpoint.operation,
    status,
    method: request.method,
    expiry: end === undefined ? undefined : { before: end, after: end },
  });
  return {
    status,
    headers: { ...headers, ...error.headers },
    type,
    text,
    problems: error.problems,
  };
}

/** Checks by an operation's access whether the caller may have it. @returns the context of its rule @throws ApiError */
const AUTHORIZE: { readonly [A in Access]: (sandbox: Sandbox, resolved: ResolvedRequest) => ContextOf[A] } = {
  anyone(sandbox, { request: { baseUrl }, caller }) {
    const isSpoken = ({ dialect }: Application) => dialect === caller.dialect.name;
    const app = caller.app ?? [...sandbox.state.applications.values()].find(isSpoken) ?? fail('application_unknown');
    return { ...sandbox.contextOf(app), baseUrl };
  },
  application(sandbox, { request, caller: { app, dialect } }) {
    const settings = app ? sandbox.settingsOf(app) : dialect.settings;
    return sandbox.contextOf(findApplication(app, dialect.rules, settings, request.params));
  },
  key(sandbox, resolved) {
    const { hasToken, authKey, app, dialect } = resolved.caller;
    const isKeyed = authKey !== undefined && dialect.request.authKey !== undefined;
    if (hasToken || !isKeyed) return AUTHORIZE.caller(sandbox, resolved);
    return sandbox.contextOf(app ?? fail('auth_key_unknown'));
  },
  caller(sandbox, resolved) {
    const { hasApiKey, app } = resolved.caller;
    if (!hasApiKey || !app) return AUTHORIZE.session(sandbox, resolved);
    return sandbox.callerContextOf(app, null, resetPage(resolved, app));
  },
  editor(sandbox, resolved) {
    return resolved.caller.hasApiKey ? AUTHORIZE.caller(sandbox, resolved) : AUTHORIZE.user(sandbox, resolved);
  },
  session(sandbox, resolved) {
    const { caller } = resolved;
    if (!caller.hasToken) fail('token_required');
    const session = findSession(caller.session, sandbox.clock.now());
    const app = caller.app ?? fail('session_missing');
    return sandbox.callerContextOf(app, session, resetPage(resolved, app));
  },
  user(sandbox, resolved) {
    const context = AUTHORIZE.session(sandbox, resolved);
    return hasUser(context) ? context : fail('user_required');
  },
};

/** The checks of a stub's access. @returns undefined where nothing is required @throws ApiError */
const STUB_ACCESS: {
  readonly [A in StubAccess]: (sandbox: Sandbox, resolved: ResolvedRequest) => ApplicationContext | undefined;
} = {
  none: () => undefined,
  application: AUTHORIZE.key,
  session: AUTHORIZE.session,
  user: AUTHORIZE.user,
};

/** The address of the page where the owner of a reset token chooses a new password. */
function resetPage({ request }: ResolvedRequest, { id }: Application): (token: string) => string {
  const page = `${request.baseUrl}${CONTROL_PATH}${RESET_PAGE_PATH}`;
  return (token) => `${page}?application_id=${id}&token=${token}`;
}

function isLiving(sandbox: Sandbox, session: Session | undefined): session is Session {
  return session !== undefined && session.expires_at > sandbox.clock.now();
}

/** When (ms) a session ends, as it is stored now. */
function expiryOf(sandbox: Sandbox, session: Session): number {
  return sandbox.state.sessions.get(session.token)?.expires_at ?? session.expires_at;
}
