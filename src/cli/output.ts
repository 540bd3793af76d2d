import builtInFixture from '../../fixtures/users.json' with { type: 'json' };
import type { Config } from '../config/options.ts';
import { defaultOf } from '../control/operations/applications.ts';
import type { EmulatorServer } from '../emulator/server.ts';
import type { RequestLogEntry } from '../http/request-log.ts';
import { CONSOLE_PATH, CONTROL_PATH } from '../model/addresses.ts';
import type { Application } from '../model/records.ts';
import type { Warning } from '../sandbox/warnings.ts';

/** What is printed once the server listens: addresses, applications with their keys, seeded users, one line to paste. */
export function banner(server: EmulatorServer, config: Config): string {
  const { state } = server.sandbox('');
  const apps = [...state.applications.values()];
  const example = defaultOf({ state }, server);
  const lines = [
    `users-emulator ${server.version}`,
    '',
    `  http      ${server.url}`,
    `  https     ${server.httpsUrl}`,
    `  control   ${server.url}${CONTROL_PATH}`,
    `  console   ${server.url}${CONTROL_PATH}${CONSOLE_PATH}`,
    '',
    ...apps.map(
      ({ id, dialect, auth_key }) =>
        `  application ${id}  ${dialect}  auth key ${auth_key}  ${state.users(id).size} users`,
    ),
    ...(config.seed === true ? ['', ...seededUsers()] : []),
    ...(example ? ['', '  Try:', `  ${openSession(server.url, example)}`] : []),
    '',
    '  For https, Node.js clients need:',
    `  NODE_EXTRA_CA_CERTS=${server.caFile}`,
    '',
    '',
  ];
  return lines.join('\n');
}

function openSession(url: string, { id, auth_key }: Application): string {
  const body = JSON.stringify({ application_id: id, auth_key });
  return `curl -s ${url}/session -H 'Content-Type: application/json' -d '${body}'`;
}

/** The built-in fixture's users with their passwords, by application. */
function seededUsers(): string[] {
  return builtInFixture.applications.flatMap(({ id, users }) => [
    `  users of ${id} (login, password):`,
    ...users.map(({ login, password, full_name }) => `    ${login.padEnd(10)} ${password.padEnd(14)} ${full_name}`),
  ]);
}

/** Writes one line per request. */
export function logger(kind: 'pretty' | 'json' | 'silent'): (line: RequestLogEntry) => void {
  if (kind === 'silent') return () => {};
  if (kind === 'json') return (line) => void process.stdout.write(`${JSON.stringify({ event: 'request', ...line })}\n`);
  return ({ sandbox, method, path, operation, status, duration_ms, errors, hint }) => {
    const where = sandbox ? `[${sandbox}] ` : '';
    const why = errors.length > 0 ? `  ${errors.join(', ')}` : '';
    process.stdout.write(
      `${where}${status} ${method} ${path}  ${operation ?? '-'}  ${duration_ms} ms${why}${hint ? `  (${hint})` : ''}\n`,
    );
  };
}

/** What clients were warned of, for whoever stops the server; empty when there is nothing. */
export function summary(warnings: readonly Warning[], kind: 'pretty' | 'json' | 'silent'): string {
  if (warnings.length === 0 || kind === 'silent') return '';
  if (kind === 'json') return `${JSON.stringify({ event: 'warnings', warnings })}\n`;
  const lines = warnings.map(({ count, message }) => `${String(count).padStart(7)} × ${message}`);
  return ['', 'What worked here and may not work elsewhere:', ...lines, ''].join('\n');
}
