/**
 * Many ordinary requests, each checked against a model of its own: clients sign up, log in, look up, list, update and delete their
 * users. Memory and descriptors must stay flat.
 *
 *     npm run soak -- --requests 1000000
 */
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { Chooser } from './random.ts';
import { startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '16' },
  },
});
const MOST = Number(values.requests);
const KEY = '29WfrNWdvkhmX6V';

interface Account {
  readonly id: number;
  readonly login: string;
  full_name: string | null;
  token: string;
}

const agent = new Agent({ keepAlive: true });
let sent = 0;
const failures: string[] = [];

function call(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<{ status: number; json: unknown }> {
  sent++;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const length =
      text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const call = request(url + path, { method, agent, headers: { ...headers, ...length } }, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        received += chunk;
      });
      answer.on('end', () => {
        const isJson = /^[{[]/.test(received);
        resolve({ status: answer.statusCode ?? 0, json: isJson ? JSON.parse(received) : null });
      });
    });
    call.on('error', reject).end(text);
  });
}

/** The `user` of an answer. */
function userOf(json: unknown): { id: number; login: string; full_name: string | null } | undefined {
  return (json as { user?: { id: number; login: string; full_name: string | null } } | null)?.user;
}

function expect(what: string, actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted) && failures.length < 20)
    failures.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
}

/** One client: it knows its users, and nobody else touches them. */
async function client(url: string, number: number): Promise<void> {
  const choose = new Chooser(`${values.seed}-${number}`);
  const accounts: Account[] = [];
  let made = 0;
  const headersOf = ({ token }: Account) => ({ 'CB-Token': token });
  const session = async (login: string) => {
    const { status, json } = await call(
      url,
      'POST',
      '/session',
      {},
      { application_id: 230, auth_key: KEY, user: { login, password: 'secret123' } },
    );
    expect('a session', status, 201);
    return (json as { session: { token: string } }).session.token;
  };
  const signUp = async () => {
    const login = `c${number}-${made++}`;
    const user = { login, password: 'secret123', email: `${login}@x.org`, full_name: 'New', tag_list: `t${number}` };
    const { status, json } = await call(url, 'POST', '/users', { 'CB-AuthKey': KEY }, { user });
    expect('a sign-up', status, 201);
    const again = await call(url, 'POST', '/users', { 'CB-AuthKey': KEY }, { user });
    expect('the same again', again.status, 422);
    accounts.push({ id: userOf(json)?.id ?? 0, login, full_name: 'New', token: await session(login) });
  };
  while (sent < MOST && failures.length === 0) {
    if (accounts.length === 0 || (accounts.length < 20 && choose.chance(0.1))) {
      await signUp();
      continue;
    }
    const account = choose.pick(accounts);
    const kind = choose.below(10);
    if (kind < 4) {
      const other = choose.pick(accounts);
      const { status, json } = await call(url, 'GET', `/users/${other.id}`, headersOf(account));
      const found = userOf(json);
      expect('a user by id', [status, found?.login, found?.full_name], [200, other.login, other.full_name]);
    } else if (kind < 6) {
      const ids = accounts.map(({ id }) => id).sort((a, b) => a - b);
      const query = `user_tags=t${number}&limit=100`;
      const { status, json } = await call(url, 'GET', `/users/v2?${query}`, headersOf(account));
      const found = (json as { items: { id: number }[] }).items.map(({ id }) => id);
      expect('a list by tag', [status, found], [200, ids]);
    } else if (kind === 6) {
      const full_name = `Name ${choose.below(1000)}`;
      const { status, json } = await call(url, 'PUT', `/users/${account.id}`, headersOf(account), {
        user: { full_name },
      });
      account.full_name = full_name;
      expect('an update', [status, userOf(json)?.full_name], [200, full_name]);
    } else if (kind === 7) {
      const { status } = await call(url, 'GET', `/users/by_login?login=nobody-${number}`, headersOf(account));
      expect('nobody', status, 404);
    } else if (kind === 8) {
      account.token = await session(account.login);
    } else if (choose.chance(0.3)) {
      const { status } = await call(url, 'DELETE', `/users/${account.id}`, headersOf(account));
      expect('a delete', status, 200);
      accounts.splice(accounts.indexOf(account), 1);
      expect('a deleted user’s session', (await call(url, 'GET', '/session', headersOf(account))).status, 401);
    } else {
      expect(
        'another’s update',
        (await call(url, 'PUT', '/users/51941', headersOf(account), { user: { full_name: 'x' } })).status,
        403,
      );
    }
  }
}

async function main(): Promise<void> {
  const server = await startServer(['--seed']);
  const usages: string[] = [];
  const watch = setInterval(() => {
    const { memory, descriptors } = server.usage();
    usages.push(`${sent} requests: ${memory} MB, ${descriptors} descriptors`);
  }, 5000);
  const clients = Array.from({ length: Number(values.clients) }, (_, number) => client(server.url, number));
  await Promise.all(clients).catch((error: unknown) => failures.push(`${error}\n${server.stderr()}`));
  clearInterval(watch);
  const { memory, descriptors } = server.usage();
  usages.push(`${sent} requests: ${memory} MB, ${descriptors} descriptors`);
  agent.destroy();
  // samples from the whole run are enough
  const step = Math.max(1, Math.floor(usages.length / 10));
  console.log(usages.filter((_, at) => at % step === 0 || at === usages.length - 1).join('\n'));
  if (memory > 300) failures.push(`memory grew to ${memory} MB`);
  if (descriptors > 60) failures.push(`descriptors grew to ${descriptors}`);
  if ((await server.stop()) !== 0) failures.push('the server did not stop in order');
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

await main();
