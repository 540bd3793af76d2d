import * as v from 'valibot';
import type { ApplicationContext } from '../../core/context.ts';
import { addSession } from '../../core/sessions.ts';
import { readSignUp, readUpdate, USER_PARAMS } from '../../core/user-input.ts';
import { addUser, changeUser, createUser, removeUser } from '../../core/users.ts';
import { ERRORS, type ErrorRow } from '../../model/error-catalogue.ts';
import { ApiError, textsOf } from '../../model/errors.ts';
import { hashPassword } from '../../model/passwords.ts';
import type { Session as SessionRecord, User as UserRecord } from '../../model/records.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ControlError, listKnown } from '../control-error.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { defineOperation } from '../operation.ts';
import type { SessionInfo } from '../results.ts';
import { boolean, idOrLogin, integer, jsonObject, oneOf, strictFields, string } from '../schemas.ts';
import { showUser } from '../show-user.ts';
import { sortUsers, USER_ORDERS } from '../user-order.ts';
import { applicationOf } from './applications.ts';

const MAX_GENERATED = 1_000_000;
const app = v.optional(integer);

/** Users and sessions without the API's access rules, as for an administrator. */
export const userOperations = {
  'users.list': defineOperation({
    method: 'GET',
    path: '/users',
    summary:
      'lists users by id, or in another order (`sort`: a field, with `-` before it descending): from `offset`, at most `limit` (100); `search` is part of the id, login, email, name or phone',
    input: strictFields({
      app,
      offset: v.optional(integer, 0),
      limit: v.optional(integer, 100),
      search: v.optional(string, ''),
      sort: v.optional(oneOf(USER_ORDERS, "must be a field of users, or '-' and a field")),
    }),
    result: 'UserList',
    run: (sandbox, { app, offset, limit, search, sort }, server) => {
      const all = [...contextOf(sandbox, app, server).users.values()];
      const text = search.toLowerCase();
      const found = text === '' ? all : all.filter((user) => matchesSearch(user, text));
      const sorted = sort === undefined ? found : sortUsers(found, sort);
      return { total: found.length, users: sorted.slice(offset, offset + limit).map(showUser) };
    },
  }),
  'users.create': defineOperation({
    method: 'POST',
    path: '/users',
    summary: 'creates a user, with the fields and by the rules of sign-up',
    input: strictFields({ app, user: jsonObject }),
    body: { field: 'user', schema: 'UserInput' },
    result: 'ShownUser',
    run: (sandbox, { app, user }, server) => {
      const context = contextOf(sandbox, app, server);
      return asProblem(() => showUser(createUser(context, readSignUp({ user: withTags(user) }, context))));
    },
  }),
  'users.get': defineOperation({
    method: 'GET',
    path: '/users/:id',
    summary: 'one user, by id or login',
    input: strictFields({ app, id: idOrLogin }),
    result: 'ShownUser',
    run: (sandbox, { app, id }, server) => showUser(userOf(contextOf(sandbox, app, server), id)),
  }),
  'users.update': defineOperation({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'changes a user; a new password needs no old one',
    input: strictFields({ app, id: idOrLogin, user: jsonObject }),
    body: { field: 'user', schema: 'UserInput' },
    result: 'ShownUser',
    run: (sandbox, { app, id, user: changes }, server) => {
      const context = contextOf(sandbox, app, server);
      const user = userOf(context, id);
      // Unlike users themselves, an administrator may remove both login and email: fixtures have such users, too.
      return asProblem(() => showUser(changeUser(context, user, readUpdate({ user: withTags(changes) }, context))));
    },
  }),
  'users.delete': defineOperation({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'deletes a user and ends its sessions',
    input: strictFields({ app, id: idOrLogin }),
    result: 'DeletedUser',
    run: (sandbox, { app, id }, server) => {
      const context = contextOf(sandbox, app, server);
      const user = userOf(context, id);
      removeUser(context, user);
      return { id: user.id };
    },
  }),
  'users.generate': defineOperation({
    method: 'POST',
    path: '/users/generate',
    summary: 'creates users with made-up names; the password of each is `password`',
    input: strictFields({
      app,
      count: v.pipe(
        integer,
        v.minValue(1, 'must be 1 or more'),
        v.maxValue(MAX_GENERATED, `must be ${MAX_GENERATED} or less`),
      ),
    }),
    result: 'GeneratedUsers',
    run: (sandbox, { app, count }, server) => generate(contextOf(sandbox, app, server), count),
  }),
  'sessions.create': defineOperation({
    method: 'POST',
    path: '/sessions',
    summary:
      'creates a session without credentials: of a user (id or login), or of the application alone (`user: null`)',
    input: strictFields({
      app,
      user: v.optional(v.nullable(idOrLogin), null),
    }),
    result: 'NewSession',
    run: (sandbox, { app, user }, server) => {
      const context = contextOf(sandbox, app, server);
      const session = addSession(context, user === null ? null : userOf(context, user));
      return { token: session.token, user_id: session.user_id, expires_at: new Date(session.expires_at).toISOString() };
    },
  }),
  'sessions.list': defineOperation({
    method: 'GET',
    path: '/sessions',
    summary:
      'lists the sessions of an application, the newest first: those of a `user` (id or login), at most `limit` (100)',
    input: strictFields({ app, user: v.optional(idOrLogin), limit: v.optional(integer, 100) }),
    result: 'SessionList',
    run: (sandbox, { app, user, limit }, server) => {
      const context = contextOf(sandbox, app, server);
      const userId = user === undefined ? undefined : userOf(context, user).id;
      const found = [...sandbox.state.sessions.values()].filter(
        (session) =>
          session.application_id === context.app.id &&
          session.expires_at > sandbox.clock.now() &&
          (userId === undefined || session.user_id === userId),
      );
      const shown = found.sort((a, b) => b.created_at - a.created_at || b.id - a.id).slice(0, Math.max(0, limit));
      return { total: found.length, sessions: shown.map((session) => showSession(session, context)) };
    },
  }),
  'sessions.expire': defineOperation({
    method: 'POST',
    path: '/sessions/expire',
    summary: 'ends sessions, as if their time had passed: one by its token, those of a user, or all',
    input: strictFields({
      token: v.optional(string),
      user: v.optional(idOrLogin),
      all: v.optional(boolean),
      app,
    }),
    result: 'ExpiredSessions',
    run: (sandbox, { token, user, all, app }, server) => {
      if ([token, user, all].filter((each) => each !== undefined).length !== 1)
        throw new ControlError(422, 'give exactly one of token, user and all');
      const { sessions } = sandbox.state;
      const userId = user === undefined ? undefined : userOf(contextOf(sandbox, app, server), user).id;
      const ended = [...sessions.values()].filter(
        (session) => all || session.token === token || (userId !== undefined && session.user_id === userId),
      );
      for (const session of ended) sessions.delete(session.token);
      return { expired: ended.length };
    },
  }),
};

function contextOf(sandbox: Sandbox, app: number | undefined, server: ControlledServer): ApplicationContext {
  return sandbox.contextOf(applicationOf(sandbox, app, server));
}

function userOf({ users, app, state }: ApplicationContext, id: number | string): UserRecord {
  const user = findUser(users, id);
  if (user) return user;
  const other = [...state.applications.values()].find((each) => findUser(state.users(each.id), id));
  const hint = other ? `, but application ${other.id} has` : '';
  throw new ControlError(404, `application ${app.id} has no user ${typeof id === 'number' ? id : `'${id}'`}${hint}`);
}

function findUser(users: ApplicationContext['users'], id: number | string): UserRecord | undefined {
  if (typeof id === 'number') return users.get(id);
  return users.find('login', id) ?? (/^\d+$/.test(id) ? users.get(Number(id)) : undefined);
}

/** Whether a user's id, login, email, name or phone contains a text, given in lower case. */
function matchesSearch({ id, login, email, full_name, phone }: UserRecord, text: string): boolean {
  return [id, login, email, full_name, phone].some((value) =>
    String(value ?? '')
      .toLowerCase()
      .includes(text),
  );
}

/** Accepts `user_tags`, as the API's answers call it, beside `tag_list`, as its requests do. @throws ControlError 422 for other unknown fields */
function withTags({ user_tags, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const unknown = Object.keys(fields).filter((name) => !USER_PARAMS.includes(name));
  const known = USER_PARAMS.map((name) => (name === 'tag_list' ? 'user_tags' : name));
  if (unknown.length > 0) throw new ControlError(422, `${unknown.join(', ')}: unknown; ${listKnown('fields', known)}`);
  return user_tags === undefined ? fields : { tag_list: user_tags, ...fields };
}

function showSession(session: SessionRecord, { users }: ApplicationContext): SessionInfo {
  const { token, id, user_id, created_at, updated_at, expires_at } = session;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    token,
    id,
    user_id,
    login: user_id === null ? null : (users.get(user_id)?.login ?? null),
    created_at: iso(created_at),
    updated_at: iso(updated_at),
    expires_at: iso(expires_at),
  };
}

/** Turns the API's validation errors into a problem of the control plane. */
function asProblem<R>(change: () => R): R {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const problems = error.problems.map((problem) => {
      const row: ErrorRow = ERRORS[problem.key];
      const words = textsOf(row, problem).join();
      return row.shape === 'field' ? `${problem.params.field}: ${words}` : words;
    });
    throw new ControlError(422, problems.join('; '), { problems, keys: error.problems.map(({ key }) => key) });
  }
}

const FIRST = [
  'Ada',
  'Ben',
  'Chen',
  'Dana',
  'Emeka',
  'Fatima',
  'Goran',
  'Hana',
  'Ines',
  'Jonas',
  'Kofi',
  'Lin',
  'Mira',
  'Noor',
  'Olga',
  'Pablo',
];
const LAST = [
  'Abara',
  'Berg',
  'Costa',
  'Dimitrov',
  'Eriksen',
  'Farah',
  'Garcia',
  'Haddad',
  'Ito',
  'Jansen',
  'Kim',
  'Lopez',
  'Mensah',
];

/** All of them, or none. Names repeat, logins and addresses don't. The password is the same, so it is hashed once. */
function generate(context: ApplicationContext, count: number) {
  const { state, app, users } = context;
  const first_id = (state.applications.get(app.id) ?? app).next_user_id;
  const made = Array.from({ length: count }, (_, at) => {
    const id = first_id + at;
    const login = `user${id}`;
    const email = `${login}@example.com`;
    if (users.find('login', login) ?? users.find('email', email))
      throw new ControlError(409, `there is a user '${login}' already`);
    return { login, email, full_name: `${FIRST[id % FIRST.length]} ${LAST[id % LAST.length]}` };
  });
  const password_hash = hashPassword('password', context.random);
  for (const fields of made) addUser(context, { ...fields, password_hash });
  return { count, first_id, last_id: first_id + count - 1 };
}
