import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';
import { BLOX, CUBE } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const headers = { 'QB-Account-Key': 'any-key' };
const ask = (path: string, more = {}) =>
  rawRequest(emulator.url, { method: 'GET', path, headers: { ...headers, ...more } });

test('Q14: the services of an account are where the client called, with or without a token', async () => {
  const Host = 'api.example.com:4230';
  const answer = await ask('/account_settings.json', { Host });
  const body =
    '{"account_id":7,"api_endpoint":"http://api.example.com:4230","chat_endpoint":"api.example.com",' +
    '"turnserver_endpoint":"api.example.com","s3_bucket_name":"qbprod"}';
  expect([answer.status, answer.text]).toEqual([200, body]);
  expect(answer.headers.get('QB-Token-ExpirationDate')).toBeNull();
  expect((await ask('/account_settings', { Host, 'QB-Token': 'unknown' })).text).toBe(body);
  expect((await ask('/sandbox/w1/account_settings', { Host })).json.api_endpoint).toBe(
    'http://api.example.com:4230/sandbox/w1',
  );
  const tag = answer.headers.get('ETag');
  expect(tag).toMatch(/^"/);
  expect((await ask('/account_settings.json', { Host, 'If-None-Match': tag })).status).toBe(304);
});

test('the same as XML', async () => {
  const answer = await ask('/account_settings.xml', { Host: '[::1]:4230' });
  expect(answer.headers.get('Content-Type')).toBe('application/xml; charset=utf-8');
  expect(answer.text).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<account-settings>',
      '  <account-id type="integer">7</account-id>',
      '  <api-endpoint>http://[::1]:4230</api-endpoint>',
      '  <chat-endpoint>[::1]</chat-endpoint>',
      '  <turnserver-endpoint>[::1]</turnserver-endpoint>',
      '  <s3-bucket-name>qbprod</s3-bucket-name>',
      '</account-settings>',
      '',
    ].join('\n'),
  );
});

test('an expired token is not used, so the answer does not prolong it', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const token = await sandbox.tokenOf('anna');
  await sandbox.control.clock.advance('2h');
  expect((await sandbox.send('GET /account_settings', { token })).status).toBe(200);
  expectError(await sandbox.send('GET /session', { token }), BLOX, 'session_missing');
});

test('the successor, which has no owners, has them without an account', async () => {
  const { status, json } = await createTestSandbox(emulator, CUBE).send('GET /account_settings');
  expect([status, json.account_id, json.chat_endpoint]).toEqual([200, null, '127.0.0.1']);
});

// sdk: .NET reads a number, and fails at null
test('an application without an owner belongs to the account of the documents', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  await sandbox.control.apps.add({ id: 99, auth_key: 'ownerless', dialect: BLOX.name });
  const { token } = await sandbox.control.sessions.create({ app: 99 });
  const user = { login: 'ada', password: 'adasSecret' };
  expect((await sandbox.send('POST /users', { token, body: { user } })).json.user.owner_id).toBe(4360);
  expect((await sandbox.send('GET /account_settings', { token })).json.account_id).toBe(4360);
});
