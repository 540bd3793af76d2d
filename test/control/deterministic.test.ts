import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { NOW } from '../support/http.ts';
import { signed } from '../support/test-sandbox.ts';

/** An answer as received: status line, headers in their order, body. */
function bytes(url: string, method: string, path: string, headers: Record<string, string>, body?: object) {
  return new Promise<string>((answered, failed) => {
    // one name for every run: the port differs
    const sent = { ...headers, Host: 'localhost', 'Content-Type': 'application/json' };
    const asking = request(url + path, { method, headers: sent }, (response) => {
      let text = `${response.statusCode} ${response.statusMessage}\n${response.rawHeaders.join('\n')}\n\n`;
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => answered(text));
    });
    asking.on('error', failed).end(body && JSON.stringify(body));
  });
}

/** Every kind of request whose answer contains ids, tokens or times. @returns all answers */
async function journey(emulator: Emulator): Promise<string[]> {
  const { url } = emulator;
  const answers: string[] = [];
  const call = async (route: string, headers: Record<string, string> = {}, body?: object) => {
    const [method, path] = route.split(' ') as [string, string];
    const answer = await bytes(url, method, path, headers, body);
    answers.push(answer);
    return answer;
  };
  const tokenIn = (answer: string) => /"token":"(\w+)"/.exec(answer)![1]!;
  const app = { application_id: 230, auth_key: '29WfrNWdvkhmX6V' };
  const key = { 'CB-AuthKey': app.auth_key };

  const cube = { 'CB-Token': tokenIn(await call('POST /session', {}, app)) };
  await call('POST /users', key, { user: { login: 'mia', password: 'secret123', email: 'mia@x.org' } });
  await call('POST /users', key, { user: { login: 'mia', password: 'secret123' } });
  const mia = await call('POST /session', {}, { ...app, user: { login: 'mia', password: 'secret123' } });
  await call('POST /session', {}, { ...app, user: { guest: '1', full_name: 'Guest' } });
  await call('POST /session', {}, { ...app, user: { login: 'made-on-the-fly', password: 'secret123' } });
  await emulator.clock.advance('90s');
  await call('PUT /users/51947', { 'CB-Token': tokenIn(mia) }, { user: { full_name: 'Mia', tag_list: 'a,b' } });
  await call('GET /users/v2?id[in][]=51941&id[in][]=51947', cube);
  await call('GET /users/51947', { 'CB-Token': 'unknown' });
  await call('GET /users/password/reset?email=mia@x.org', cube);

  await emulator.faults.add({ match: { operation: 'users.by_login' }, probability: 0.5, status: 503 });
  for (let times = 0; times < 10; times++) await call('GET /users/by_login?login=mia', cube);

  const timestamp = Date.parse(await emulator.clock.now()) / 1000;
  const blox = signed(
    { application_id: 22, auth_key: 'wJHd4cQSxpQGWx5', nonce: 1, timestamp },
    'users-emulator-secret',
  );
  const token = { 'QB-Token': tokenIn(await call('POST /session.json', {}, blox)) };
  await call('POST /users.xml', token, { user: { login: 'leo', password: 'secret123' } });
  await call('GET /users.xml', token);

  answers.push(JSON.stringify(await emulator.export()), JSON.stringify(await emulator.outbox.list()));
  const journal = await emulator.requests.list();
  // the duration depends on the machine
  answers.push(JSON.stringify(journal.map((entry) => ({ ...entry, duration_ms: 0 }))));
  return answers;
}

const run = async (deterministic: string | boolean) => {
  await using emulator = await createEmulator({ seed: true, freezeTime: NOW, deterministic });
  return await journey(emulator);
};

describe('a frozen clock and --deterministic', () => {
  test('give the same bytes in every run', async () => {
    const first = await run(true);
    expect(first.filter((answer) => answer.startsWith('201 '))).toHaveLength(7);
    expect(await run(true)).toEqual(first);
  });

  test('and after every reset', async () => {
    await using emulator = await createEmulator({ seed: true, freezeTime: NOW, deterministic: true });
    const first = await journey(emulator);
    await emulator.reset();
    expect(await journey(emulator)).toEqual(first);
  });

  test('no token comes twice, even if a reset restarts the sequence and a snapshot restores earlier tokens', async () => {
    await using emulator = await createEmulator({ seed: true, deterministic: true });
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await emulator.snapshot('with-dacia');
    await emulator.reset();
    await emulator.restore('with-dacia');
    const other = await emulator.sessions.create({ user: 'gabby' });
    expect(other.token).not.toBe(token);
    const session = await fetch(`${emulator.url}/session`, { headers: { 'CB-Token': token } });
    expect(await session.json()).toMatchObject({ session: { user_id: 51941 } });
  });

  test('another seed gives other tokens; no seed gives new ones each time', async () => {
    const [first] = await run('a');
    expect((await run('b'))[0]).not.toBe(first);
    expect((await run('a'))[0]).toBe(first);
    expect((await run(false))[0]).not.toBe((await run(false))[0]);
  });

  test('a sandbox starts with the same sequence as the emulator', async () => {
    await using emulator = await createEmulator({ seed: true, freezeTime: NOW, deterministic: true });
    const [left, right] = [emulator.sandbox('left'), emulator.sandbox('right')];
    expect(await left.sessions.create({ user: 'Dacia' })).toEqual(await right.sessions.create({ user: 'Dacia' }));
  });
});
