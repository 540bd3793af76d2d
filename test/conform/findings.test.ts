import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryFolder();
const APP = '777001:conform-key:conform-secret';

/** Changes what a service does. @returns the body of the request, or of the answer, in place of the one that was given */
interface Changes {
  readonly request?: (request: IncomingMessage, body: string) => string;
  readonly answer?: (request: IncomingMessage, response: ServerResponse, body: string) => string;
}

/** Starts a service that passes requests on to an emulator, with changes. */
async function startService(upstream: Emulator, { request, answer }: Changes) {
  const server = createServer(async (incoming, response) => {
    const sent = (await buffer(incoming)).toString();
    const body = request?.(incoming, sent) ?? sent;
    if (incoming.socket.destroyed) return;
    const { 'content-length': _, connection: __, host: ___, ...headers } = incoming.headers;
    const { method = 'GET' } = incoming;
    const reply = await fetch(`${upstream.url}${incoming.url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      body: ['GET', 'DELETE'].includes(method) ? null : body,
    });
    response.statusCode = reply.status;
    for (const [name, value] of reply.headers)
      if (!['content-length', 'connection', 'keep-alive', 'transfer-encoding'].includes(name))
        response.setHeader(name, value);
    const text = await reply.text();
    response.end(answer?.(incoming, response, text) ?? text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Findings = Awaited<ReturnType<typeof findingsOf>>;

/** Compares a changed service. @returns its lines about rows that differ, and the file that was written */
async function findingsOf(dialect: string, changes: Changes, options: readonly string[] = []) {
  const app = `${APP}:${dialect}`;
  await using upstream = await createEmulator({ app });
  using service = await startService(upstream, changes);
  const file = join(folder, 'findings.json');
  const args = ['--upstream', service.url, '--app', app, '--self', '--yes', '--rate', '100000', '--write', file];
  const { code, out, err } = await runInProcess(['conform', ...args, ...options]);
  const text = readFileSync(file, 'utf8');
  return {
    code,
    err,
    lines: out.split('\n').filter((line) => /^(differs|refuted) |the emulator itself answers/.test(line)),
    left: (await upstream.users.list({ app: 777001 })).total,
    summary: out.split('\n').filter((line) => /^(\d+ questions|guesses:) /.test(line)),
    file: JSON.parse(text),
    text,
  };
}

describe('a service that differs here and there', () => {
  let found: Findings;
  beforeAll(async () => {
    found = await findingsOf('connectycube', {
      request: (_, body) =>
        body.length > 1_000_000
          ? '{"user":{"custom_data":"x"}}'
          : body.replace('{"user":{"login":"","email":""}}', '{"user":{"login":"renamed","email":null}}'),
      answer: ({ method, url = '' }, response, body) => {
        response.setHeader('Access-Control-Allow-Origin', 'https://example.com');
        if (method === 'GET' && response.statusCode === 200) response.setHeader('ETag', '"1"');
        if (method === 'POST' && url === '/users/password/reset') response.statusCode = 405;
        if (method === 'DELETE' && url === '/login') return ' ';
        if (method === 'GET' && url === '/session') return 'secret';
        if (method === 'GET' && url === '/users')
          return '{"errors":["777001 and conform-key: denied by conform-secret"]}';
        return url.includes('limit=1000') ? body.replace('"limit":100', '"limit":1000') : body;
      },
    });
  });

  const lineOf = (name: string) => found.lines.filter((line) => line.includes(`${name}: `));

  test('is compared to the end, and nothing else differs', () => {
    expect([found.code, found.err, found.lines.length]).toEqual([7, '', 9]);
    expect(found.summary).toEqual([
      expect.stringMatching(/^\d+ questions about \d+ rows: \d+ agree, 9 differ$/),
      `guesses: ${found.file.guesses.confirmed.length} confirmed, 5 refuted, ${found.file.guesses.open.length} not asked`,
    ]);
  });

  test('refutes guesses that only comments state', () => {
    expect(lineOf('operation:users.list_v2 (limit=1000)')).toEqual([
      'refuted    operation:users.list_v2 (limit=1000): value of limit: the service has 1000, the emulator 100 (guess: a limit above the maximum means the maximum)',
    ]);
    expect(lineOf('operation:users.show (its entity tag)')).toEqual([
      'refuted    operation:users.show (its entity tag): header etag: the service has one, the emulator none (guess: answers have no entity tags)',
    ]);
    expect(lineOf('error:user_not_found (a password reset with POST)')).toEqual([
      'refuted    error:user_not_found (a password reset with POST): the service says 405 {"errors":["User not found"]}, the emulator 404 {"errors":["User not found"]} (guess: POST is accepted, too)',
    ]);
    expect(found.file.guesses.refuted).toEqual([
      'operation:users.list_v2 (limit=1000): a limit above the maximum means the maximum',
      'operation:users.show (its entity tag): answers have no entity tags',
      'error:user_not_found (a password reset with POST): POST is accepted, too',
      'error:signup_credentials_missing (an update that removes login and email): users keep a login or an email',
      'error:body_too_large: unrecorded',
    ]);
    expect(found.file.confirmed).not.toContain('user_not_found');
  });

  test('has a header of all answers reported once', () => {
    expect(found.lines.filter((line) => line.includes('access-control'))).toEqual([
      'differs    operation:session.create: header access-control-allow-origin: the service has https://example.com, the emulator *',
    ]);
  });

  test('has blank bodies shown, and no others of successes', () => {
    expect(lineOf('operation:logout')).toEqual([
      'differs    operation:logout: body: the service has " ", the emulator ""',
    ]);
    expect(lineOf('operation:session.show')).toEqual([
      'differs    operation:session.show: body: the service has a text, the emulator JSON',
    ]);
  });

  test('teaches no text of another rule for a large body that it accepts', () => {
    expect(lineOf('error:body_too_large')).toEqual([
      expect.stringMatching(/^refuted {4}error:body_too_large: the service says 422 .*, the emulator 413 /),
    ]);
    expect(Object.keys(found.file.errors)).toEqual(['list_disabled']);
  });

  test('gets its texts into the file without the values of the application', () => {
    expect(found.file.errors).toEqual({
      list_disabled: { status: 403, shape: 'list', text: '{application} and {key}: denied by {key}' },
    });
    expect(found.text).not.toMatch(/777001|conform-key|conform-secret|ue-conform/);
  });

  test('keeps no user, although it has changed the login of one', () => {
    expect(lineOf('error:signup_credentials_missing (an update that removes login and email)').length).toBe(1);
    expect(found.left).toBe(0);
  });
});

describe('a service in XML', () => {
  const keys: unknown[] = [];
  let found: Findings;
  beforeAll(async () => {
    const changes: Changes = {
      answer: ({ url = '', headers }, _, body) => {
        if (/^\/users\/\d+\.xml/.test(url))
          return body.replace(/ *<owner-id.*\n/, '').replace('id type="integer"', 'id');
        if (!url.startsWith('/account_settings')) return body;
        keys.push(headers['qb-account-key']);
        return body.replace('s3_bucket_name', 's3_bucket');
      },
    };
    found = await findingsOf('quickblox', changes, ['--account-key', 'account-secret']);
  });

  test('is compared by elements and their types', () => {
    expect([found.code, found.err]).toEqual([7, '']);
    const difference = 'keys of user: the service lacks blob-id[integer], owner-id[integer], and has blob-id instead';
    expect(found.lines).toEqual([
      'differs    operation:account_settings: keys of the body: the service lacks s3_bucket_name, and has s3_bucket instead',
      `differs    operation:users.show (in XML): ${difference}`,
      `differs    operation:users.update (in XML): ${difference}`,
    ]);
  });

  test('teaches nothing about JSON', () => {
    expect(found.file.differences).toEqual([
      'operation:account_settings: keys of the body',
      'operation:users.show (in XML): keys of user',
      'operation:users.update (in XML): keys of user',
    ]);
    expect([found.file.errors, found.file.keys]).toEqual([{}, undefined]);
  });

  test("gets the account's key for the account's settings, and no file has it", () => {
    expect(keys).toEqual(['account-secret', 'account-secret']);
    expect(found.text).not.toMatch(/account-secret|conform-secret|conform-key|ue-conform|777001|127\.0\.0\.1/);
  });
});

test('a service that closes the connection at a large body is compared to its end', async () => {
  const { code, err, lines, file, left } = await findingsOf('connectycube', {
    request: (request, body) => {
      if (body.length > 1_000_000) request.socket.destroy();
      return body;
    },
  });
  expect([code, err, left]).toEqual([7, '', 0]);
  expect(lines).toEqual([
    'refuted    error:body_too_large: the service closes the connection, the emulator 413 {"errors":{"base":["Request body is larger than 1048576 bytes"]}} (guess: unrecorded)',
  ]);
  expect([file.errors, file.differences]).toEqual([{}, ['error:body_too_large: no answer']]);
});

test('users whom nobody can delete are named: one without a password, a guest without an id', async () => {
  const { code, err, left } = await findingsOf('connectycube', {
    request: (_, body) =>
      /^\{"user":\{"login":"[\w-]+-nopass"\}\}$/.test(body) ? body.replace('}}', ',"password":"Secret-2026"}}') : body,
    answer: ({ url }, _, body) =>
      url === '/session' && body.includes('guest_login_') ? body.replace('"user_id"', '"user"') : body,
  });
  expect([code, left]).toEqual([1, 2]);
  expect(err).toMatch(/^users-emulator: these users could not be deleted: a guest, user \d+\n$/);
});

test('a service that refuses a field of all users gets users without it, and the other questions', async () => {
  const { code, err, lines, left, file } = await findingsOf('connectycube', {
    request: ({ url }, body) => (url === '/users' ? body.replace(/"phone":"1\d+"/, '"phone":"x"') : body),
  });
  expect([code, err, left]).toEqual([7, '', 0]);
  expect(lines[0]).toBe(
    'differs    the run\'s users: the service refuses their fields with 422 {"errors":{"phone":["is not a valid phone number"]}}, so they only have a login, an email and a password',
  );
  expect(file.differences).toEqual(["the run's users: status 422"]);
  expect(lines).toContain('not asked  operation:users.by_phone: the emulator itself answers 404 user_not_found');
  // the service refuses the phone of another question, too
  expect(lines.slice(1).filter((line) => !line.startsWith('not asked'))).toEqual([
    'differs    setting:unique_phone: the service has true, the default is false',
  ]);
});
