import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
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

/** Starts a service that passes requests on to an emulator, with changes. @returns its address */
async function serviceWith(upstream: Emulator, { request, answer }: Changes): Promise<string> {
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
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Compares a changed service. @returns its lines about rows that differ, and the file that was written */
async function findingsOf(dialect: string, changes: Changes, options: readonly string[] = []) {
  const app = `${APP}:${dialect}`;
  await using upstream = await createEmulator({ app });
  const url = await serviceWith(upstream, changes);
  const file = join(folder, 'findings.json');
  const args = ['--upstream', url, '--app', app, '--self', '--yes', '--rate', '100000', '--write', file];
  const { code, out, err } = await runInProcess(['conform', ...args, ...options]);
  return {
    code,
    err,
    lines: out.split('\n').filter((line) => /^(differs|refuted|misplaced) /.test(line)),
    left: (await upstream.users.list({ app: 777001 })).total,
    summary: out.split('\n').slice(-3, -1),
    file: JSON.parse(readFileSync(file, 'utf8')),
    text: readFileSync(file, 'utf8'),
  };
}

test('XML is compared by elements and their types, and teaches nothing about JSON', async () => {
  const { code, err, lines, file } = await findingsOf('quickblox', {
    answer: (request, _, body) =>
      /^\/users\/\d+\.xml/.test(request.url ?? '')
        ? body.replace(/ *<owner-id.*\n/, '').replace('id type="integer"', 'id')
        : body,
  });
  expect([code, err]).toEqual([7, '']);
  expect(lines).toEqual([
    'differs    operation:users.show (in XML): keys of user: the service lacks blob-id[integer], owner-id[integer], and has blob-id instead',
    'differs    operation:users.update (in XML): keys of user: the service lacks blob-id[integer], owner-id[integer], and has blob-id instead',
  ]);
  expect(file.differences).toEqual([
    'operation:users.show (in XML): keys of user',
    'operation:users.update (in XML): keys of user',
  ]);
  expect([file.errors, file.keys]).toEqual([{}, undefined]);
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
  expect(file.guesses.refuted).toEqual(['error:body_too_large: unrecorded']);
});

test('a service that accepts a large body teaches no other text for it', async () => {
  const { lines, file } = await findingsOf('connectycube', {
    request: (_, body) => (body.length > 1_000_000 ? '{"user":{"custom_data":"x"}}' : body),
  });
  expect(lines).toEqual([
    expect.stringMatching(/^refuted {4}error:body_too_large: the service says 422 .*, the emulator 413 /),
  ]);
  expect(file.errors).toEqual({});
});

test('guesses of the comments are confirmed or refuted, each by itself', async () => {
  const { code, lines, file, summary } = await findingsOf('connectycube', {
    answer: (request, response, body) => {
      if (request.method === 'GET' && response.statusCode === 200) response.setHeader('ETag', '"1"');
      if (request.method === 'POST' && request.url === '/users/password/reset') response.statusCode = 405;
      return request.url?.includes('limit=1000') ? body.replace('"limit":100', '"limit":1000') : body;
    },
  });
  expect(code).toBe(7);
  expect(lines).toEqual([
    'refuted    operation:users.list_v2 (limit=1000): value of limit: the service has 1000, the emulator 100 (guess: a limit above the maximum means the maximum)',
    'refuted    operation:users.show (its entity tag): header etag: the service has one, the emulator none (guess: answers have no entity tags)',
    'refuted    error:user_not_found (a password reset with POST): the service says 405 {"errors":["User not found"]}, the emulator 404 {"errors":["User not found"]} (guess: POST is accepted, too)',
  ]);
  expect(file.guesses.refuted).toEqual([
    'operation:users.list_v2 (limit=1000): a limit above the maximum means the maximum',
    'operation:users.show (its entity tag): answers have no entity tags',
    'error:user_not_found (a password reset with POST): POST is accepted, too',
  ]);
  expect(file.errors).toEqual({});
  expect(file.confirmed).not.toContain('user_not_found');
  expect(summary).toEqual([
    expect.stringMatching(/^\d+ questions about \d+ rows: \d+ agree, 3 differ$/),
    `guesses: ${file.guesses.confirmed.length} confirmed, 3 refuted, ${file.guesses.open.length} not asked`,
  ]);
});

test('a header of all answers is reported once, and refutes no guess', async () => {
  const { lines, file } = await findingsOf('connectycube', {
    answer: (_, response, body) => {
      response.setHeader('Access-Control-Allow-Origin', 'https://example.com');
      return body;
    },
  });
  expect(lines).toEqual([
    'differs    operation:session.create: header access-control-allow-origin: the service has https://example.com, the emulator *',
  ]);
  expect(file.differences).toEqual(['operation:session.create: header access-control-allow-origin']);
  expect(file.guesses.refuted).toEqual([]);
});

test('a blank body of a deletion is shown, other bodies of successes are not', async () => {
  const { lines } = await findingsOf('connectycube', {
    answer: ({ method, url }, _, body) =>
      method === 'DELETE' && url === '/login' ? ' ' : method === 'GET' && url === '/session' ? 'secret' : body,
  });
  expect(lines).toEqual([
    'differs    operation:session.show: body: the service has a text, the emulator JSON',
    'differs    operation:logout: body: the service has " ", the emulator ""',
  ]);
});

test('a guest whose id the answer hides is named', async () => {
  const { err, code } = await findingsOf('connectycube', {
    answer: ({ url }, _, body) =>
      url === '/session' && body.includes('guest_login_') ? body.replace('"user_id"', '"user"') : body,
  });
  expect([code, err]).toEqual([1, 'users-emulator: these users could not be deleted: a guest\n']);
});

test('a user whose login the service has changed is deleted all the same', async () => {
  const { lines, left } = await findingsOf('connectycube', {
    request: (_, body) => body.replace('{"user":{"login":"","email":""}}', '{"user":{"login":"renamed","email":null}}'),
  });
  expect(lines).toEqual([
    expect.stringMatching(/^refuted {4}error:signup_credentials_missing \(an update that removes login and email\): /),
  ]);
  expect(left).toBe(0);
});

test("the account's settings are asked for with the account's key, which gets into no file", async () => {
  const keys: unknown[] = [];
  const { lines, text, code } = await findingsOf(
    'quickblox',
    {
      answer: (request, _, body) => {
        if (!request.url?.startsWith('/account_settings')) return body;
        keys.push(request.headers['qb-account-key']);
        return body.replace('s3_bucket_name', 's3_bucket');
      },
    },
    ['--account-key', 'account-secret'],
  );
  expect(keys).toEqual(['account-secret', 'account-secret']);
  expect([code, lines]).toEqual([
    7,
    [
      'differs    operation:account_settings: keys of the body: the service lacks s3_bucket_name, and has s3_bucket instead',
    ],
  ]);
  expect(text).not.toMatch(/account-secret|conform-secret|conform-key|ue-conform|777001|127\.0\.0\.1/);
});

test('a user whom the service signs up without a password is named, because nobody can delete it', async () => {
  const { code, err, left } = await findingsOf('connectycube', {
    request: (_, body) =>
      /^\{"user":\{"login":"[\w-]+-nopass"\}\}$/.test(body) ? body.replace('}}', ',"password":"Secret-2026"}}') : body,
  });
  expect([code, left]).toEqual([1, 1]);
  expect(err).toMatch(/^users-emulator: these users could not be deleted: user \d+\n$/);
});
