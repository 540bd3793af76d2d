import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';
import { BLOX, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const FORM = 'application/x-www-form-urlencoded';
const PART = '--b\r\nContent-Disposition: form-data; name=';
const multipart = (name: string, type = '') =>
  Buffer.from(
    `${PART}"user[login]"\r\n\r\nrene\r\n${PART}"user[password]"\r\n\r\nsecret123\r\n${PART}"user[full_name]"\r\n${type}\r\n${name}\r\n--b--\r\n`,
    'latin1',
  );
const json = (name: string, encoding: BufferEncoding) =>
  Buffer.from(`{"user":{"login":"rene","password":"secret123","full_name":"${name}"}}`, encoding);
const form = (name: string, encoding: BufferEncoding) =>
  Buffer.from(`user[login]=rene&user[password]=secret123&user[full_name]=${name}`, encoding);
const NOT_UTF_8 = 'The encoded data was not valid for encoding utf-8';
const BOM = Buffer.from('\ufeff');

describe.each(SERVICES)('$name', (service) => {
  async function signUp(type: string | undefined, body: Buffer) {
    const sandbox = createTestSandbox(emulator, service);
    const headers = {
      ...service.headers,
      [service.tokenHeader]: await sandbox.tokenOf(null),
      ...(type !== undefined && { 'Content-Type': type }),
    };
    // not as `sender` does it: bytes may not be text
    const answer = await fetch(`${sandbox.control.url}/users.json`, { method: 'POST', headers, body });
    // biome-ignore lint/suspicious/noExplicitAny: a user, or an error
    const json: any = await answer.json();
    return { status: answer.status, json };
  }

  test.each<[string, string | undefined, Buffer]>([
    ['JSON in UTF-8', 'application/json', json('René', 'utf8')],
    ['JSON in declared UTF-8', 'application/json; charset="UTF-8"', json('René', 'utf8')],
    ['JSON in declared ISO-8859-1', 'application/json; charset=ISO-8859-1', json('René', 'latin1')],
    ['JSON in declared UTF-16', 'application/json; charset=utf-16le', json('René', 'utf16le')],
    ['JSON behind a byte order mark', 'application/json', Buffer.concat([BOM, json('René', 'utf8')])],
    ['JSON behind a byte order mark, without a type', undefined, Buffer.concat([BOM, json('René', 'utf8')])],
    ['a form behind a byte order mark', FORM, Buffer.concat([BOM, form('René', 'utf8')])],
    ['a form, not escaped', FORM, form('René', 'utf8')],
    ['a form, escaped', `${FORM}; charset=utf-8`, form('Ren%C3%A9', 'utf8')],
    ['a form in declared ISO-8859-1, not escaped', `${FORM}; charset=iso-8859-1`, form('René', 'latin1')],
    ['a form in declared ISO-8859-1, escaped', `${FORM};charset=latin1`, form('Ren%E9', 'utf8')],
    ['multipart', 'multipart/form-data; boundary=b', multipart('Ren\xc3\xa9')],
    [
      'multipart, a part in declared UTF-8',
      'multipart/form-data; boundary=b',
      multipart('Ren\xc3\xa9', 'Content-Type: text/plain; charset=UTF-8\r\n'),
    ],
    [
      'multipart, a part in declared ISO-8859-1',
      'multipart/form-data; boundary=b',
      multipart('Ren\xe9', 'Content-Type: text/plain; charset=ISO-8859-1\r\n'),
    ],
  ])('B13: %s is decoded', async (_name, type, body) => {
    const { status, json } = await signUp(type, body);
    expect([status, json.user?.full_name ?? json]).toEqual([201, 'René']);
  });

  const error = (text: string) => (service === BLOX ? { code: null, message: text } : { errors: { base: [text] } });

  test.each<[string, string | undefined, Buffer, string]>([
    ['JSON', 'application/json', json('René', 'latin1'), NOT_UTF_8],
    ['JSON in declared UTF-8', 'application/json; charset=utf-8', json('René', 'latin1'), NOT_UTF_8],
    ['a body without a type', undefined, json('René', 'latin1'), NOT_UTF_8],
    ['a form, not escaped', FORM, form('René', 'latin1'), NOT_UTF_8],
    ['a form, escaped', FORM, form('Ren%E9', 'utf8'), '%E9 is not UTF-8'],
    ['a form, cut within a character', FORM, form('Ren%C3', 'utf8'), '%C3 is not UTF-8'],
    ['multipart', 'multipart/form-data; boundary=b', multipart('Ren\xe9'), 'a field is not in its charset'],
    [
      'multipart, a part in declared UTF-8',
      'multipart/form-data; boundary=b',
      multipart('Ren\xe9', 'Content-Type: text/plain; charset=UTF-8\r\n'),
      'a field is not in its charset',
    ],
  ])('B13: bytes that are not UTF-8 are refused: %s', async (_name, type, body, reason) => {
    expect(await signUp(type, body)).toEqual({
      status: 400,
      json: error(service === BLOX ? reason : `Malformed request body: ${reason}`),
    });
  });

  test('B13: an unknown charset is refused', async () => {
    const answer = await signUp('application/json; charset=nonsense', Buffer.from('{}'));
    const json = error('Unsupported request body: unsupported charset "nonsense"');
    expect(answer).toEqual({ status: 415, json });
  });

  test('B13: bytes in a query that are not UTF-8 are refused; a lone percent sign is a character', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const headers = { [service.tokenHeader]: await sandbox.tokenOf(null) };
    const get = (query: string) =>
      rawRequest(sandbox.control.url, { method: 'GET', path: `/users/by_full_name?full_name=${query}`, headers });
    expect((await get('Ren%E9')).status).toBe(400);
    expect((await get('Ren%C3%A9')).status).not.toBe(400);
    expect((await get('100%')).status).not.toBe(400);
  });
});

describe('the control plane', () => {
  test('B13: skips a byte order mark, and refuses bytes that are not UTF-8', async () => {
    const post = (body: Buffer) =>
      fetch(`${emulator.url}/_emulator/users/generate`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json' },
      });
    expect(await (await post(Buffer.concat([BOM, Buffer.from('{"count":1}')]))).json()).toMatchObject({ count: 1 });
    expect((await post(Buffer.from('{"count":1,"x":"\xe9"}', 'latin1'))).status).toBe(400);
  });
});
