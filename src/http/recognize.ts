import type { OperationName } from '../api/operation-names.ts';
import { findRoute, type Route } from '../api/routes.ts';
import type { Dialect, Format } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import type { Application, Session } from '../model/records.ts';
import type { RequestFacts, StubOperation } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { findStub, type MatchedStub } from '../sandbox/stubs.ts';
import { parseInteger, scalarText } from '../support/values.ts';
import { type ApiRequest, headerOf } from './api-messages.ts';

/** The caller as the request identifies it. Authorization happens later, in `AUTHORIZE`. */
export interface Caller {
  readonly dialect: Dialect;
  readonly app: Application | undefined;
  /** The token's session, which may have expired. */
  readonly session: Session | undefined;
  /** The request has a token, known or not. */
  readonly hasToken: boolean;
  readonly authKey: string | undefined;
  /** `app` is known by its API key. */
  readonly hasApiKey: boolean;
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

/**
 * Finds a request's operation and its caller. With `--any-app`, it registers the application that a new session asks for. It never
 * fails: what is missing or wrong becomes an error of the answer.
 */
export function recognize(sandbox: Sandbox, given: ApiRequest): ResolvedRequest {
  let request = given;
  let route = findRoute(request.method, request.path);
  const token = dialectHeader(request, (dialect) => dialect.request.token) ?? request.params.token;
  const authKey = dialectHeader(request, (dialect) => dialect.request.authKey);
  // sdk: a request for a new session may still send an old token
  const newSession = route?.endpoint.access === 'application';
  const session = typeof token === 'string' && !newSession ? sandbox.state.sessions.get(token) : undefined;
  const named = newSession ? requestedApplication(sandbox, request) : applicationOf(sandbox, session, authKey);
  const keyed = token || newSession || named ? undefined : applicationOfApiKey(sandbox, request);
  const app = named ?? keyed;
  const dialect = sandbox.dialectOf(app ? app.dialect : dialectSpoken(request).name);
  const caller: Caller = {
    dialect,
    app,
    session,
    hasToken: Boolean(token),
    authKey,
    hasApiKey: keyed !== undefined,
  };
  if (request.suffix && !(request.suffix in dialect.formats)) {
    // a suffix that is not a format of the dialect belongs to the path
    request = { ...request, path: `${request.path}.${request.suffix}`, suffix: null };
    route = findRoute(request.method, request.path);
  }
  const stub = sandbox.state.stubs.size === 0 ? undefined : stubFor(sandbox, request, route, caller);
  const operation = stub ? (`stub:${stub.stub.name}` as const) : route?.endpoint.operation;
  return { request, route, caller, stub, operation };
}

/** The stub that answers a request. */
function stubFor(sandbox: Sandbox, request: ApiRequest, route: Route | undefined, caller: Caller) {
  const { dialect } = caller;
  const operation = route?.endpoint.operation;
  const isEmulated = operation !== undefined && !dialect.missingOperations.has(operation);
  return findStub(sandbox.state, { ...factsOf(sandbox, request, caller), operation }, isEmulated);
}

/** The facts that stubs and faults can match. */
export function factsOf(sandbox: Sandbox, request: ApiRequest, { session, app }: Caller): RequestFacts {
  const user = session?.user_id != null && app ? sandbox.state.users(app.id).get(session.user_id) : undefined;
  return {
    operation: undefined,
    method: request.method,
    path: request.path,
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

/** The application whose API key a request has in place of a token. */
function applicationOfApiKey(sandbox: Sandbox, { headers }: ApiRequest): Application | undefined {
  const [, key] = /^ApiKey +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (key === undefined || key === 'none') return undefined;
  return [...sandbox.state.applications.values()].find(
    (app) => dialectOf(app.dialect).request.apiKeys && sandbox.settingsOf(app).api_key === key,
  );
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

/** The format of the answer: that of the suffix, otherwise the one that the client accepts. */
export function formatOf({ suffix, headers }: ApiRequest, { formats }: Dialect): Format {
  if (suffix) return suffix;
  const { accept } = headers;
  return accept !== undefined && 'xml' in formats && /^(application|text)\/xml\b/.test(accept) ? 'xml' : 'json';
}
