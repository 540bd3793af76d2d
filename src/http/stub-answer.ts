import { PLAIN_TEXT } from '../control/raw-response.ts';
import type { SessionContext } from '../core/context.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { fail } from '../model/errors.ts';
import type { Session, User } from '../model/records.ts';
import { SESSION_TEMPLATE_FIELDS, type Stub, type StubReply, type StubRequest } from '../model/stubs.ts';
import { NOT_IN_HEADERS } from '../sandbox/answer-headers.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { BODILESS, type MatchedStub } from '../sandbox/stubs.ts';
import { fillTemplates, fillText, valueAt } from '../sandbox/templates.ts';
import { messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';
import type { ApiRequest, ApiResponse } from './api-messages.ts';

/** Facts that a stub's answer may depend on. */
export interface StubFacts {
  readonly request: ApiRequest;
  readonly app: number | undefined;
  readonly session: Session | undefined;
  readonly user: SessionContext['user'];
}

/** How many characters templates may bring into one answer: a client can send 1 MB for each. */
const MAX_FILLED = 16_000_000;

/**
 * The answer of a stub, without the headers of the dialect.
 * @throws ApiError `stub_failed` when its function fails, or its templates make too much
 */
export function stubResponse(sandbox: Sandbox, { stub, pathParams }: MatchedStub, facts: StubFacts): ApiResponse {
  if (stub.answer) return responseOf(call(stub, requestOf(pathParams, facts)));
  const read = bounded(templateReader(sandbox, pathParams, facts), () =>
    fail('stub_failed', { name: stub.name, reason: `its templates make more than ${MAX_FILLED / 1_000_000} MB` }),
  );
  const { status, json, text, headers = {} } = stub;
  return responseOf({
    status,
    json: fillTemplates(json, read),
    text: text === undefined ? undefined : fillText(text, read),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]): [string, string] => [name, fillText(value, read)]),
    ),
  });
}

function responseOf({ status = 200, json, text, headers = {} }: StubReply): ApiResponse {
  const own: Record<string, string> = {};
  let type = json === undefined ? PLAIN_TEXT : JSON_TYPE;
  for (const [name, value] of Object.entries(headers)) {
    // a template may bring in anything that a client sent
    const safe = value.replace(NOT_IN_HEADERS, '?');
    if (name.toLowerCase() === 'content-type') type = safe;
    else own[name] = safe;
  }
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  return { status, headers: own, type, text: BODILESS.includes(status) ? '' : body };
}

/** Calls a stub's function. @throws ApiError `stub_failed` when it throws, or returns something that is not an answer */
function call({ answer, name }: Stub, request: StubRequest): StubReply {
  const failed = (reason: string) => fail('stub_failed', { name, reason });
  let reply: unknown;
  try {
    reply = answer?.(request);
  } catch (error) {
    failed(messageOf(error));
  }
  if (reply instanceof Promise) {
    reply.catch(() => {});
    failed('its function is asynchronous, but requests are answered one after the other');
  }
  if (!isObject(reply)) return failed('its function returned no object such as { status, json }');
  const { status = 200, json, text, headers = {} } = reply;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    return failed(`its function returned the status ${String(status)}`);
  if (text !== undefined && typeof text !== 'string')
    return failed('its function returned a text that is not a string');
  if (!isObject(headers)) return failed('its function returned headers that are not an object');
  const texts = Object.entries(headers).map(([header, value]): [string, string] => [header, String(value)]);
  if (texts.some(([header]) => !/^[\w-]+$/.test(header)))
    return failed('its function returned a header without a usable name');
  try {
    JSON.stringify(json);
  } catch (error) {
    return failed(messageOf(error));
  }
  return { status, json, text, headers: Object.fromEntries(texts) };
}

/** The request for a stub's function. It is a copy: a function that changes it must not change the journal, a user or later requests. */
function requestOf(pathParams: StubRequest['pathParams'], { request, app, user }: StubFacts): StubRequest {
  const { method, path, query, params, headers } = request;
  return structuredClone({
    method,
    path,
    pathParams,
    query,
    params,
    headers,
    app,
    user: user && withoutPassword(user),
  });
}

function withoutPassword({ password_hash: _, ...user }: User): Omit<User, 'password_hash'> {
  return user;
}

/** Reads the values of templates until there are too many of them. @param exceeded throws */
function bounded(read: (name: string) => unknown, exceeded: () => never): (name: string) => unknown {
  let filled = 0;
  return (name) => {
    const value = read(name);
    filled += (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).length;
    return filled > MAX_FILLED ? exceeded() : value;
  };
}

/** Reads the values of templates. `id`, `uuid` and `now` are the same in all of one answer. */
function templateReader(
  sandbox: Sandbox,
  pathParams: MatchedStub['pathParams'],
  { request, app, session, user }: StubFacts,
): (name: string) => unknown {
  let id: number | undefined;
  let uuid: string | undefined;
  const roots: Readonly<Record<string, (names: readonly string[]) => unknown>> = {
    params: (names) => valueAt(request.params, names),
    query: (names) => valueAt(request.query, names),
    path: (names) => valueAt(pathParams, names),
    user: (names) => (names[0] === 'user_tags' ? user?.user_tags?.join(',') : valueAt(user, names)),
    session: ([name]) => {
      const field = SESSION_TEMPLATE_FIELDS.find((each) => each === name);
      const value = field && session?.[field];
      return field?.endsWith('_at') && typeof value === 'number' ? new Date(value).toISOString() : value;
    },
    app: () => app,
    now: () => sandbox.clock.iso(),
    id: () => {
      id ??= sandbox.nextStubId();
      return id;
    },
    uuid: () => {
      uuid ??= sandbox.random.uuid();
      return uuid;
    },
  };
  return (name) => {
    const [root = '', ...names] = name.split('.');
    return roots[root]?.(names);
  };
}
