import { type Access, type ContextOf, type Endpoint, moduleOf, type OperationName } from '../api/endpoints.ts';
import { findRoute, type Route } from '../api/routes.ts';
import { findApplication } from '../core/authentication.ts';
import { type ApplicationContext, hasUser } from '../core/context.ts';
import { findSession, touch } from '../core/sessions.ts';
import type { Dialect, Format } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import { present, presentError } from '../dialects/present.ts';
import { CONTROL_PATH, RESET_PAGE_PATH } from '../model/addresses.ts';
import { ApiError, fail } from '../model/errors.ts';
import type { Application, Session } from '../model/records.ts';
import type { StubAccess } from '../model/stubs.ts';
import type { RequestFacts, StubOperation } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { countStub, findStub, type MatchedStub } from '../sandbox/stubs.ts';
import { parseInteger, scalarText } from '../support/values.ts';
import { type ApiRequest, headerOf, type LoggedResponse } from './api-messages.ts';
import { entityTag, matchesTag } from './entity-tag.ts';
import { type StubFacts, stubResponse } from './stub-answer.ts';

/** The caller as the request identifies it. Authorization happens later, in `AUTHORIZE`. */
export interface Caller {
  readonly dialect: Dialect;
  readonly app: Application | undefined;
  /** The token's session, which may have expired. */
  readonly session: Session | undefined;
  /** The request has a token, known or not. */
  readonly hasToken: boolean;
  readonly authKey: string | undefined;
}

/** A request with its route and its caller. */
export interface ResolvedRequest {
  readonly request: ApiRequest;
  /** undefined: no operation has this method and path. */
  readonly route: Route | undefined;
  readonly caller: Caller;
  /** The stub that answers it. */
  readonly stub: MatchedStub | undefined;
  /** The operation that journal and faults know it by. */
  readonly operation: OperationName | StubOperation | undefined;
}

const NO_ERRORS: readonly string[] = [];

/**
 * Finds a request's operation and its caller. With `--any-app`, it registers the application that a new session asks for. It never
 * fails: what is missing or wrong becomes an error of the answer.
 */
export function recognize(sandbox: Sandbox, request: ApiRequest): ResolvedRequest {
  const route = findRoute(request.method, request.path);
  const token = dialectHeader(request, (dialect) => dialect.request.token) ?? request.params.token;
  const authKey = dialectHeader(request, (dialect) => dialect.request.authKey);
  // sdk: a request for a new session may still send an old token
  const newSession = route?.endpoint.access === 'application';
  const session = typeof token === 'string' && !newSession ? sandbox.state.sessions.get(token) : undefined;
  const app = newSession ? requestedApplication(sandbox, request) : applicationOf(sandbox, session, authKey);
  const dialect = app ? dialectOf(app.dialect) : dialectSpoken(request);
  const caller: Caller = { dialect, app, session, hasToken: Boolean(token), authKey };
  const stub = sandbox.state.stubs.size === 0 ? undefined : stubFor(sandbox, request, route, caller);
  const operation = stub ? (`stub:${stub.stub.name}` as const) : route?.endpoint.operation;
  return { request, route, caller, stub, operation };
}

/** The stub that answers a request. */
function stubFor(sandbox: Sandbox, request: ApiRequest, route: Route | undefined, caller: Caller) {
  const { dialect } = caller;
  const format = formatOf(request, dialect);
  const operation = route?.endpoint.operation;
  const isEmulated = operation !== undefined && format !== undefined && !dialect.missingOperations.has(operation);
  return findStub(sandbox.state, { ...factsOf(sandbox, request, caller), operation }, isEmulated);
}

/** The facts that stubs and faults can match. */
export function factsOf(sandbox: Sandbox, request: ApiRequest, { session, app, dialect }: Caller): RequestFacts {
  const user = session?.user_id != null && app ? sandbox.state.users(app.id).get(session.user_id) : undefined;
  return {
    operation: undefined,
    method: request.method,
    path: formatOf(request, dialect) ? request.path : `${request.path}.${request.suffix}`,
    user: user ? [user.id, ...(user.login === null ? [] : [user.login])] : [],
    app: app?.id,
  };
}

/** The application of a session or, without one, that of an authentication key. */
function applicationOf(
  { state: { applications } }: Sandbox,
  session: Session | undefined,
  authKey: string | undefined,
): Application | undefined {
  if (session) return applications.get(session.application_id);
  return authKey === undefined ? undefined : applications.find('auth_key', authKey);
}

/** The application that a new session asks for. */
function requestedApplication(sandbox: Sandbox, request: ApiRequest): Application | undefined {
  const { application_id, auth_key } = request.params;
  const id = parseInteger(scalarText(application_id) ?? '');
  if (id === undefined || id < 1) return undefined;
  return sandbox.application(id, typeof auth_key === 'string' ? auth_key : undefined, dialectSpoken(request).name);
}

/**
 * The dialect of a request whose application isn't known: by its headers, by the service's own host where that leads to the
 * emulator, or by a format that only one dialect has.
 */
function dialectSpoken({ headers, suffix }: ApiRequest): Dialect {
  const [host = ''] = (headers.host ?? '').split(':', 1);
  const identified =
    DIALECTS.find(({ request }) => request.identifyingHeaders.some((name) => name in headers)) ??
    DIALECTS.find(({ hosts }) => hosts.api.includes(host));
  return identified ?? DIALECTS.find(({ formats }) => !suffix || suffix in formats) ?? DIALECTS[0];
}

/** The value of a header that each dialect names in its own way. sdk: Flutter sends an empty one when it has no token. */
function dialectHeader(request: ApiRequest, nameOf: (dialect: Dialect) => string | undefined): string | undefined {
  for (const dialect of DIALECTS) {
    const name = nameOf(dialect);
    const value = name === undefined ? undefined : headerOf(request, name);
    if (value) return value;
  }
  return undefined;
}

/** Answers a request. Every error of the API on the way becomes its answer. */
export function answer(sandbox: Sandbox, resolved: ResolvedRequest): LoggedResponse {
  const { request, route, caller, stub } = resolved;
  const { dialect, session } = caller;
  const format = formatOf(request, dialect);
  try {
    if (stub) return runStub(sandbox, resolved, stub);
    if (!route || !format || dialect.missingOperations.has(route.endpoint.operation)) {
      // a suffix that is no format of the dialect belongs to the path
      const path = format ? request.path : `${request.path}.${request.suffix}`;
      const module = moduleOf(request.path);
      if (module === undefined) fail('route_unknown', { method: request.method, path });
      fail('not_emulated', { method: request.method, path, module });
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
    // log: a request that ends in an error counts as the last one, too
    if (error instanceof ApiError && session) touch(context, session);
    throw error;
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
    return respond(sandbox, resolved, status, body, session, headers);
  } catch (error) {
    if (error instanceof ApiError && context && session) touch(context, session);
    throw error;
  }
}

/** Adds the dialect's headers to a body. @param used the session that the request used or made @param own headers of a stub */
function respond(
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
  return { status, headers, ...body, errors: NO_ERRORS };
}

/** Sets a header in place of one of the same name, however it is spelled. */
function replaceHeader(headers: Record<string, string>, name: string, value: string): void {
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
  const { type, text, ...presented } = presentError(dialect, formatOf(request, dialect) ?? 'json', error);
  const status = given ?? presented.status;
  const end = session && session.expires_at > sandbox.clock.now() ? session.expires_at : error.sessionEnd;
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
    errors: error.problems.map(({ key }) => key),
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
    const { hasToken, authKey, app } = resolved.caller;
    if (hasToken || authKey === undefined) return AUTHORIZE.session(sandbox, resolved);
    return sandbox.contextOf(app ?? fail('auth_key_unknown'));
  },
  session(sandbox, { request, caller }) {
    if (!caller.hasToken) fail('token_required');
    const session = findSession(caller.session, sandbox.clock.now());
    const app = caller.app ?? fail('session_missing');
    const resetPage = `${request.baseUrl}${CONTROL_PATH}${RESET_PAGE_PATH}`;
    return sandbox.sessionContextOf(app, session, (token) => `${resetPage}?token=${token}`);
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

/** The format of the answer: that of the suffix, otherwise the one that the client accepts; undefined: the dialect doesn't have it. */
function formatOf({ suffix, headers }: ApiRequest, { formats }: Dialect): Format | undefined {
  if (suffix) return suffix in formats ? suffix : undefined;
  const { accept } = headers;
  return accept !== undefined && 'xml' in formats && /^(application|text)\/xml\b/.test(accept) ? 'xml' : 'json';
}

/** When (ms) a session ends, as it is stored now. */
function expiryOf(sandbox: Sandbox, session: Session): number {
  return sandbox.state.sessions.get(session.token)?.expires_at ?? session.expires_at;
}
