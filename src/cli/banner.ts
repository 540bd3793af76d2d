import { resolve } from 'node:path';
import builtInFixture from '../../fixtures/users.json' with { type: 'json' };
import type { Config } from '../config/options.ts';
import { defaultOf } from '../control/operations/applications.ts';
import { dialectOf } from '../dialects/index.ts';
import type { EmulatorServer } from '../emulator/server.ts';
import { CONSOLE_PATH, CONTROL_PATH, DOCS_PATH } from '../model/addresses.ts';
import { passwordMatches } from '../model/passwords.ts';
import type { Application } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { counted } from '../support/counted.ts';
import type { Paint } from './paint.ts';

/** The text printed once the server listens: its addresses, applications, example users, and a request to try. */
export async function banner(server: EmulatorServer, { data, chat }: Config, paint: Paint): Promise<string> {
  const { state } = await server.openSandbox('');
  const applications = [...state.applications.values()];
  const example = defaultOf({ state }, server);
  const users = exampleUsers(state);
  const isEmpty = applications.every(({ id }) => state.users(id).size === 0);
  const chatUrl = chat === false ? 'off' : `${server.chatUrl} (logins only: messages are not passed on)`;
  const lines = [
    paint('bold', `users-emulator ${server.version}`),
    '',
    `  http      ${paint('cyan', server.url)}`,
    `  https     ${paint('cyan', server.httpsUrl)}`,
    `  control   ${paint('cyan', server.url + CONTROL_PATH)}`,
    `  console   ${paint('cyan', server.url + CONTROL_PATH + CONSOLE_PATH)}`,
    `  docs      ${paint('cyan', server.url + CONTROL_PATH + DOCS_PATH)}`,
    `  chat      ${chatUrl}`,
    ...(data === undefined ? [] : [`  data      ${resolve(data)}`]),
    '',
    ...applications.map(
      (application) => `  ${keysOf(application)}  ${counted(state.users(application.id).size, 'user')}`,
    ),
    ...(users.length > 0 ? ['', ...users] : []),
    ...(isEmpty ? ['', '  There are no users yet: --seed loads some examples.'] : []),
    ...(example ? ['', '  Try:', `  ${openSession(server.url, example)}`] : []),
    '',
    '  For https, Node.js clients need this variable, and browsers the same file as an authority:',
    `  NODE_EXTRA_CA_CERTS=${server.caFile}`,
    '',
    '',
  ];
  return lines.join('\n');
}

/** An application with the keys that SDKs ask for. */
function keysOf({ id, dialect, auth_key, auth_secret }: Application): string {
  const { accountKey } = dialectOf(dialect);
  return [
    `application ${id}  ${dialect}  auth key ${auth_key}`,
    ...(auth_secret === null ? [] : [`auth secret ${auth_secret}`]),
    ...(accountKey === undefined ? [] : [`account key ${accountKey}`]),
  ].join('  ');
}

function openSession(url: string, { id, auth_key }: Application): string {
  const body = JSON.stringify({ application_id: id, auth_key });
  return `curl -s ${url}/session -H 'Content-Type: application/json' -d '${body}'`;
}

/** The users of the built-in fixture by application, with their passwords; only those that the state has, and with this password. */
function exampleUsers(state: State): string[] {
  const applications = builtInFixture.applications.filter(({ id }) => state.applications.get(id));
  return applications.flatMap(({ id, users }) => {
    const present = users.filter(({ id: user, login, password }) => {
      const record = state.users(id).get(user);
      return record?.login === login && passwordMatches(record.password_hash, password);
    });
    const lines = present.map(
      ({ login, password, full_name }) => `    ${login.padEnd(10)} ${password.padEnd(14)} ${full_name}`,
    );
    return lines.length > 0 ? [`  users of ${id} (login, password):`, ...lines] : [];
  });
}
