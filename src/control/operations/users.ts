import * as v from 'valibot';
import type { ApplicationContext } from '../../core/context.ts';
import { addSession } from '../../core/sessions.ts';
import { readSignUp, readUpdate, USER_PARAMS } from '../../core/user-input.ts';
import { addUser, changeUser, createUser, removeUser } from '../../core/users.ts';
import { exportUser } from '../../fixtures/export.ts';
import { ApiError, ERRORS, type ErrorRow, textsOf } from '../../model/errors.ts';
import { hashPassword } from '../../model/passwords.ts';
import type { User as UserRecord } from '../../model/records.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ControlError } from '../control-error.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { defineOperation } from '../operation.ts';
import type { User } from '../results.ts';
import { integer, jsonObject, strictFields, string } from '../schemas.ts';
import { applicationOf } from './applications.ts';

const MAX_GENERATED = 1_000_000;
const app = v.optional(integer);

/** Privileged access to users and sessions: what an admin panel would do. */
export const userOperations = {
  'users.list': defineOperation({
    method: 'GET',
    path: '/users',
    summary:
      'users by id: from `offset`, at most `limit` (100); `search` chooses those with a text in what they are known by',
    input: strictFields({
      app,
      offset: v.optional(integer, 0),
      limit: v.optional(integer, 100),
      search: v.optional(string, ''),
    }),
    result: 'UserList',
    run: (sandbox, { app, offset, limit, search }, server) => {
      const all = [...contextOf(sandbox, app, server).users.values()];
      const found = search === '' ? all : all.filter((user) => isKnownBy(user, search.toLowerCase()));
      return { total: found.length, users: found.slice(offset, offset + limit).map(showUser) };
    },
  }),
  'users.create': defineOperation({
    method: 'POST',
    path: '/users',
    summary: "creates a user: the sign-up's fields, the sign-up's rules",
    input: strictFields({ app, user: jsonObject }),
    body: { field: 'user', schema: 'UserInput' },
    result: 'ShownUser',
    run: (sandbox, { app, user }, server) => {
      const context = contextOf(sandbox, app, server);
      return checked(() => showUser(createUser(context, readSignUp({ user: withTags(user) }, context))));
    },
  }),
  'users.get': defineOperation({
    method: 'GET',
    path: '/users/:id',
    summary: 'one user',
    input: strictFields({ app, id: integer }),
    result: 'ShownUser',
    run: (sandbox, { app, id }, server) => showUser(userOf(contextOf(sandbox, app, server), id)),
  }),
  'users.update': defineOperation({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'changes a user; a new password needs no old one',
    input: strictFields({ app, id: integer, user: jsonObject }),
    body: { field: 'user', schema: 'UserInput' },
    result: 'ShownUser',
    run: (sandbox, { app, id, user: given }, server) => {
      const context = contextOf(sandbox, app, server);
      const user = userOf(context, id);
      // unlike users themselves, an administrator may take away the last of login and email: fixtures have such users, too
      return checked(() => showUser(changeUser(context, user, readUpdate({ user: withTags(given) }, context))));
    },
  }),
  'users.delete': defineOperation({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'deletes a user and ends its sessions',
    input: strictFields({ app, id: integer }),
    result: 'DeletedUser',
    run: (sandbox, { app, id }, server) => {
      const context = contextOf(sandbox, app, server);
      removeUser(context, userOf(context, id));
      return { id };
    },
  }),
  'users.generate': defineOperation({
    method: 'POST',
    path: '/users/generate',
    summary: 'creates users with made-up names; the password of each is `password`',
    input: strictFields({
      app,
      count: v.pipe(integer, v.minValue(1), v.maxValue(MAX_GENERATED, `must be ${MAX_GENERATED} or less`)),
    }),
    result: 'GeneratedUsers',
    run: (sandbox, { app, count }, server) => generate(contextOf(sandbox, app, server), count),
  }),
  'sessions.create': defineOperation({
    method: 'POST',
    path: '/sessions',
    summary: 'a fresh token: of a user (id or login), or of the application (`user: null`)',
    input: strictFields({
      app,
      user: v.optional(v.nullable(v.union([integer, string], 'must be an id or a login')), null),
    }),
    result: 'NewSession',
    run: (sandbox, { app, user: given }, server) => {
      const context = contextOf(sandbox, app, server);
      const user = given === null ? null : userOf(context, given);
      const session = addSession(context, user);
      return { token: session.token, user_id: session.user_id, expires_at: new Date(session.expires_at).toISOString() };
    },
  }),
  'sessions.expire': defineOperation({
    method: 'POST',
    path: '/sessions/expire',
    summary: 'ends sessions as time would: one by token, those of a user, or all',
    input: strictFields({
      token: v.optional(string),
      user: v.optional(v.union([integer, string], 'must be an id or a login')),
      all: v.optional(v.boolean('must be true or false')),
      app,
    }),
    result: 'ExpiredSessions',
    run: (sandbox, { token, user, all, app }, server) => {
      const given = [token, user, all].filter((each) => each !== undefined);
      if (given.length !== 1) throw new ControlError(422, 'give one of token, user and all');
      const { sessions } = sandbox.state;
      const of = user === undefined ? undefined : userOf(contextOf(sandbox, app, server), user).id;
      const ended = [...sessions.values()].filter(
        (each) => all || each.token === token || (of !== undefined && each.user_id === of),
      );
      for (const session of ended) sessions.delete(session.token);
      return { expired: ended.length };
    },
  }),
};

function contextOf(sandbox: Sandbox, app: number | undefined, server: ControlledServer): ApplicationContext {
  return sandbox.contextOf(applicationOf(sandbox, app, server));
}

function userOf({ users, app }: ApplicationContext, id: number | string): UserRecord {
  const user =
    typeof id === 'number'
      ? users.get(id)
      : (users.find('login', id) ?? (/^\d+$/.test(id) ? users.get(Number(id)) : undefined));
  if (user) return user;
  throw new ControlError(404, `application ${app.id} has no user ${typeof id === 'number' ? id : `'${id}'`}`);
}

/** Whether a text (in lower case) is part of what names a user. */
function isKnownBy({ id, login, email, full_name, phone }: UserRecord, text: string): boolean {
  return [id, login, email, full_name, phone].some(
    (each) => each !== null && String(each).toLowerCase().includes(text),
  );
}

/** `user_tags` as the documents call what is read, `tag_list` as they call what is sent: both are taken. @throws ControlError 422 */
function withTags({ user_tags, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const unknown = Object.keys(fields).filter((name) => !USER_PARAMS.includes(name));
  const known = USER_PARAMS.map((name) => (name === 'tag_list' ? 'user_tags' : name)).join(', ');
  if (unknown.length > 0) throw new ControlError(422, `${unknown.join(', ')}: not known here; there is: ${known}`);
  return user_tags === undefined ? fields : { tag_list: user_tags, ...fields };
}

function showUser(user: UserRecord): User {
  const { password_hash, ...fields } = exportUser(user);
  return { ...fields, id: user.id, has_password: password_hash !== undefined };
}

/** The API's own validation errors, as a problem of the control plane. */
function checked<R>(run: () => R): R {
  try {
    return run();
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

/** The names repeat, logins and addresses don't; the hash is made once, since the password is the same. All of them, or none. */
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
