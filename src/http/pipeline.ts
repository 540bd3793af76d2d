import type { Access, ContextOf, Endpoint } from '../api/endpoints.ts';
import { findApplication } from '../core/authentication.ts';
import { hasUser } from '../core/context.ts';
import { findSession, touch } from '../core/sessions.ts';
import type { Dialect, Format } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import { present, presentError } from '../dialects/present.ts';
import { CONTROL_PATH, RESET_PAGE_PATH } from '../model/addresses.ts';
import { ApiError, fail } from '../model/errors.ts';
import type { Application, Session } from '../model/records.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { parseInteger, scalarText } from '../support/values.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import type { ApiRequest, LoggedResponse } from './messages.ts';
import { findRoute, isLeftOut, type Route } from './routes.ts';

/** Who a call comes from, as far as it tells; whether it may is settled later. */
export interface Caller {
  readonly dialect: Dialect;
  readonly app: Application | undefined;
  readonly session: Session | undefined;
  readonly token: string | undefined;
  readonly authKey: string | undefined;
}

/** A call on its way: what it asks for, and who asks. */
export interface ResolvedRequest {
  readonly call: ApiRequest;
  readonly route: Route | undefined;
  readonly caller: Caller;
}

const NONE: readonly string[] = [];

/**
 * Finds a call's operation and its caller; with `--any-app`, registers the application that is asked for. Never fails: what is
 * missing or wrong is an error of the answer.
 */
export function recognize(sandbox: Sandbox, call: ApiRequest): ResolvedRequest {
  const route = findRoute(call.method, call.path);
  const token = header(call, ({ request }) => request.token) ?? (call.params.token as string | undefined);
  const authKey = header(call, ({ request }) => request.authKey);
  // sdk: a stale token is sent along when a new session is asked for
  const newSession = route?.endpoint.access === 'application';
  const session = token && !newSession ? sandbox.state.sessions.get(token) : undefined;
  const app = session
    ? sandbox.state.applications.get(session.application_id)
    : newSession
      ? applicationAskedFor(sandbox, call)
      : authKey !== undefined
        ? sandbox.state.applications.find('auth_key', authKey)
        : undefined;
  const dialect = app ? dialectOf(app.dialect) : dialectSpoken(call);
  return { call, route, caller: { dialect, app, session, token, authKey } };
}

/** Answers a call. Every error of the API on the way becomes its answer. */
export function answer(sandbox: Sandbox, request: ResolvedRequest): LoggedResponse {
  const { call, route, caller } = request;
  const { dialect, session } = caller;
  const format = formatOf(call, dialect);
  try {
    if (!route || !format || dialect.missingOperations.has(route.endpoint.operation)) {
      const error = isLeftOut(call.path) ? 'not_emulated' : 'route_unknown';
      // a suffix that is no format of the dialect is a part of the path
      const path = format ? call.path : `${call.path}.${call.suffix}`;
      fail(error, { method: call.method, path });
    }
    return run(sandbox, request, route.endpoint, route.id, format);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return answerError(sandbox, request, error, session);
  }
}

/** Authorizes a call, runs its rule and presents what it returns. @throws ApiError */
function run<A extends Access>(
  sandbox: Sandbox,
  request: ResolvedRequest,
  endpoint: Endpoint<A>,
  id: string,
  format: Format,
): LoggedResponse {
  const { call, caller } = request;
  const { dialect, session } = caller;
  const context = AUTHORIZE[endpoint.access](sandbox, request);
  try {
    const wait = sandbox.throttle(context.app);
    if (wait > 0) fail('too_many_requests', {}, { 'Retry-After': String(wait) });
    const output = endpoint.run(context, call.params, id);
    const body = present(dialect, format, endpoint.operation, context.app, output);
    const used = output.kind === 'session' ? output.session : session;
    if (used) touch(context, used);
    const tag = dialect.entityTags && call.method === 'GET' ? entityTag(body.text) : undefined;
    const status = tag && isKnown(tag, call.headers['if-none-match']) ? 304 : endpoint.status;
    const headers = dialect.headers({
      operation: endpoint.operation,
      status,
      method: call.method,
      expiry: used ? { before: used.expires_at, after: expiryOf(sandbox, used) } : undefined,
    });
    if (tag) headers.ETag = tag;
    return { status, headers, ...body, errors: NONE };
  } catch (error) {
    // log: the last request counts, also one that ended in an error
    if (error instanceof ApiError && session) touch(context, session);
    throw error;
  }
}

/** The answer that an error is, in the words and the format of the request. @param given another status than the error's */
export function answerError(
  sandbox: Sandbox,
  { call, route, caller }: ResolvedRequest,
  error: ApiError,
  session?: Session,
  given?: number,
) {
  const { dialect } = caller;
  const { type, text, ...presented } = presentError(dialect, formatOf(call, dialect) ?? 'json', error);
  const status = given ?? presented.status;
  const end = session && session.expires_at > sandbox.clock.now() ? session.expires_at : error.sessionEnd;
  const headers = dialect.headers({
    operation: route?.endpoint.operation,
    status,
    method: call.method,
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

/** Decides by an operation's access whether the caller may have it. @returns the context of its rule @throws ApiError */
const AUTHORIZE: { readonly [A in Access]: (sandbox: Sandbox, request: ResolvedRequest) => ContextOf[A] } = {
  application(sandbox, { call, caller: { app, dialect } }) {
    const settings = app ? sandbox.settingsOf(app) : dialect.settings;
    return sandbox.contextOf(findApplication(app, dialect.rules, settings, call.params));
  },
  key(sandbox, request) {
    const { token, authKey, app } = request.caller;
    if (token || authKey === undefined) return AUTHORIZE.session(sandbox, request);
    return sandbox.contextOf(app ?? fail('auth_key_unknown'));
  },
  session(sandbox, { call, caller }) {
    if (!caller.token) fail('token_required');
    const session = findSession(caller.session, sandbox.clock.now());
    const app = caller.app ?? fail('session_missing');
    return sandbox.sessionContextOf(
      app,
      session,
      (token) => `${call.baseUrl}${CONTROL_PATH}${RESET_PAGE_PATH}?token=${token}`,
    );
  },
  user(sandbox, request) {
    const context = AUTHORIZE.session(sandbox, request);
    return hasUser(context) ? context : fail('user_required');
  },
};

function applicationAskedFor(sandbox: Sandbox, call: ApiRequest): Application | undefined {
  const { application_id, auth_key } = call.params;
  const id = parseInteger(scalarText(application_id) ?? '');
  if (id === undefined || id < 1) return undefined;
  return sandbox.application(id, typeof auth_key === 'string' ? auth_key : undefined, dialectSpoken(call).name);
}

/** The dialect of a call whose application isn't known: by its headers, or a format that only one dialect has. */
function dialectSpoken({ headers, suffix }: ApiRequest): Dialect {
  const marked = DIALECTS.find(({ request }) => request.identifyingHeaders.some((mark) => mark in headers));
  return marked ?? DIALECTS.find(({ formats }) => !suffix || suffix in formats) ?? DIALECTS[0];
}

/** The format of the answer: the suffix decides, else what the client accepts; undefined: not one of the dialect's. */
function formatOf({ suffix, headers }: ApiRequest, { formats }: Dialect): Format | undefined {
  if (suffix) return suffix in formats ? suffix : undefined;
  const { accept } = headers;
  return accept !== undefined && 'xml' in formats && /^(application|text)\/xml\b/.test(accept) ? 'xml' : 'json';
}

function header({ headers }: ApiRequest, nameOf: (dialect: Dialect) => string | undefined): string | undefined {
  for (const dialect of DIALECTS) {
    const name = nameOf(dialect);
    const value = name === undefined ? undefined : headers[name];
    // sdk: Flutter sends an empty header when it has no token
    if (value) return value as string;
  }
  return undefined;
}

function expiryOf(sandbox: Sandbox, session: Session): number {
  return sandbox.state.sessions.get(session.token)?.expires_at ?? session.expires_at;
}
