import type { Endpoint } from '../api/endpoints.ts';
import type { Context } from '../core/context.ts';
import { findApplication, findSession, touch } from '../core/sessions.ts';
import type { Dialect, Format } from '../dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../dialects/index.ts';
import { present, presentError } from '../dialects/present.ts';
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

/** Answers a call: authenticate, read, run, present. Every error of the API on the way becomes its answer. */
export function answer(sandbox: Sandbox, request: ResolvedRequest): LoggedResponse {
  const { call, route, caller } = request;
  const { dialect, session } = caller;
  const format = formatOf(call, dialect);
  let context: Context | undefined;
  try {
    if (!route || !format || dialect.missingOperations.has(route.endpoint.operation)) {
      const error = isLeftOut(call.path) ? 'not_emulated' : 'route_unknown';
      // a suffix that is no format of the dialect is a part of the path
      const path = format ? call.path : `${call.path}.${call.suffix}`;
      fail(error, { method: call.method, path });
    }
    const { endpoint, id } = route;
    context = authorize(sandbox, endpoint, request);
    const wait = sandbox.throttle(context.app);
    if (wait > 0) fail('too_many_requests', {}, { 'Retry-After': String(wait) });
    const output = endpoint.run(context, call.params, id);
    const body = present(dialect, format, endpoint.operation, context.app, output);
    const used = output.kind === 'session' ? output.session : context.session;
    touch(output.kind === 'session' && !context.session ? { ...context, session: output.session } : context);
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
    if (!(error instanceof ApiError)) throw error;
    const reply = answerError(sandbox, request, error, session);
    // log: the last request counts, also one that ended in an error
    if (context) touch(context);
    return reply;
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

/** Settles whether the caller may have the operation. @throws ApiError */
function authorize(sandbox: Sandbox, { access }: Endpoint, { call, caller }: ResolvedRequest): Context {
  const { app, session, token, authKey, dialect } = caller;
  if (access === 'application') {
    const settings = app ? sandbox.settingsOf(app) : dialect.settings;
    return sandbox.contextOf(findApplication(app, dialect.rules, settings, call.params), null, call.baseUrl);
  }
  if (!token && access === 'key' && authKey !== undefined) {
    return sandbox.contextOf(app ?? fail('auth_key_unknown'), null, call.baseUrl);
  }
  if (!token) fail('token_required');
  const alive = findSession(session, sandbox.clock.now());
  const context = sandbox.contextOf(app!, alive, call.baseUrl);
  if (access === 'user' && !context.user) fail('user_required');
  return context;
}

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
