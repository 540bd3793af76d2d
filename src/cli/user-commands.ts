import type { UserFields } from '../client/inputs.ts';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readAssignment } from '../config/values.ts';
import { counted } from '../support/counted.ts';
import { APP, after, appOf, defineCommand } from './client-command.ts';
import { pairs, table } from './print.ts';

const PAGE = {
  '--limit <count>': 'at most this many (default: 100)',
  '--offset <count>': 'skip this many',
} as const;

/** Commands for users and their sessions, without the API's access rules. */
export const userCommands = [
  defineCommand({
    usage: 'token <login|id>',
    summary: 'print a new session token of a user',
    options: APP,
    examples: [['users-emulator token Dacia', 'a token of the example user Dacia']],
    run: (emulator, [user], options) => emulator.sessions.create({ user, ...appOf(options) }),
    show: ({ token }) => token,
  }),
  defineCommand({
    usage: 'users list [text]',
    summary: 'list users by id: all, or those with a text in id, login, email, name or phone',
    options: { ...PAGE, ...APP },
    fields: { search: 'text' },
    examples: [
      ['users-emulator users list @domain.com', 'users with this in a field'],
      ['users-emulator users list --app 22', 'users of another application'],
    ],
    run: (emulator, [search], options) =>
      emulator.users.list({ ...pageOf(options), ...(search !== undefined && { search }), ...appOf(options) }),
    show: ({ users, total }) =>
      pageTable(users, total, 'no users', {
        id: ({ id }) => id,
        login: ({ login }) => login,
        email: ({ email }) => email,
        name: ({ full_name }) => full_name,
        tags: ({ user_tags }) => user_tags,
        created: ({ created_at }) => created_at,
        'last request': ({ last_request_at }) => last_request_at,
      }),
  }),
  defineCommand({
    usage: 'users get <login|id>',
    summary: 'show a user',
    options: APP,
    examples: [['users-emulator users get Kitty --app 22', 'a user of another application']],
    run: (emulator, [user], options) => emulator.users.get(user, appOf(options)),
    show: pairs,
  }),
  defineCommand({
    usage: 'users create <field=value...>',
    summary: 'create a user, by the rules of sign-up',
    options: APP,
    examples: [["users-emulator users create login=mia password=secret123 full_name='Mia M'", 'sign up mia']],
    run: (emulator, assignments, options) => emulator.users.create(fieldsOf(assignments), appOf(options)),
    show: pairs,
  }),
  defineCommand({
    usage: 'users update <login|id> <field=value...>',
    summary: 'change a user; a field without a value is removed',
    details: 'A new password needs no old one.',
    options: APP,
    examples: [['users-emulator users update Dacia password=another1 phone=', 'a new password, no phone']],
    run: (emulator, [user, ...assignments], options) =>
      emulator.users.update(user, fieldsOf(assignments), appOf(options)),
    show: pairs,
  }),
  defineCommand({
    usage: 'users delete <login|id>',
    summary: 'delete a user and end its sessions',
    options: APP,
    run: (emulator, [user], options) => after(emulator.users.delete(user, appOf(options)), { deleted: user }),
    show: ({ deleted }) => `deleted '${deleted}'`,
  }),
  defineCommand({
    usage: 'users generate <count>',
    summary: "create users with made-up names, all with the password 'password'",
    options: APP,
    examples: [['users-emulator users generate 100000', 'enough for a look at paging and speed']],
    run: (emulator, [count], options) => emulator.users.generate(Number(count), appOf(options)),
    show: ({ count, first_id, last_id }) => `created ${counted(count, 'user')}, with the ids ${first_id} to ${last_id}`,
  }),
  defineCommand({
    usage: 'sessions list [login|id]',
    summary: 'list the sessions of an application or of a user, the newest first',
    options: { '--limit <count>': PAGE['--limit <count>'], ...APP },
    run: (emulator, [user], options) =>
      emulator.sessions.list({ ...pageOf(options), ...(user !== undefined && { user }), ...appOf(options) }),
    show: ({ sessions, total }) =>
      pageTable(sessions, total, 'no sessions', {
        token: ({ token }) => token,
        user: ({ user_id }) => user_id,
        login: ({ login }) => login,
        created: ({ created_at }) => created_at,
        expires: ({ expires_at }) => expires_at,
      }),
  }),
  defineCommand({
    usage: 'sessions expire [token]',
    summary: 'end sessions as if their time had passed: one, those of a user, or all',
    options: { '--user <login|id>': 'those of this user', '--all': 'all of them', ...APP },
    examples: [['users-emulator sessions expire --user Dacia', "Dacia's next request answers 401"]],
    run: (emulator, [token], { user, all, ...options }) => {
      if ([token, user, all].filter((each) => each !== undefined).length !== 1)
        throw new UsageError('give a token, --user or --all: one of them');
      const which = { ...(token !== undefined && { token }), ...(user !== undefined && { user }), ...(all && { all }) };
      return emulator.sessions.expire({ ...which, ...appOf(options) });
    },
    show: ({ expired }) => `ended ${counted(expired, 'session')}`,
  }),
];

/** Fields of a user; those without a value are removed. */
function fieldsOf(assignments: readonly string[]): UserFields {
  return Object.fromEntries(
    assignments.map((each) => {
      const [name, value] = readFrom('each field', readAssignment, each);
      return [name, value === '' ? null : value];
    }),
  );
}

/** The part of a list that the options select; the emulator checks the numbers. */
function pageOf({ limit, offset }: { readonly limit?: string; readonly offset?: string }) {
  return {
    ...(limit !== undefined && { limit: Number(limit) }),
    ...(offset !== undefined && { offset: Number(offset) }),
  };
}

/** A table of a part of a list, with how much of it that is. @param none the text when there are no rows */
function pageTable<R>(
  rows: readonly R[],
  total: number,
  none: string,
  columns: Parameters<typeof table<R>>[1],
): string {
  const text = table(rows, columns, none);
  return rows.length < total ? `${text}\n\n${rows.length} of ${total}: see --limit` : text;
}
