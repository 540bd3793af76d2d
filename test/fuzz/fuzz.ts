/**
 * Sends requests made from the grammars of the emulated API and the control plane, and bytes that are none, to the built server, and
 * checks that it lives, that each request gets one well-formed answer of its own, and that nothing grows without end.
 *
 *     npm run fuzz -- --seconds 60 --seed 1
 *
 * A failure prints its bytes and the seed that repeats the run.
 */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';
import { Chooser } from './random.ts';
import { type Input, input, type Tokens } from './requests.ts';
import { type Server, startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '0' },
  },
});
const CONNECTIONS = 8;
/** How long (ms) an answer may take on a busy machine. */
const PATIENCE = 20_000;
/** How long (ms) after the last answer the server may still be silent about bytes that are no request. */
const SILENCE = 30;
const MAX_ANSWER = 4_000_000;

const failures: string[] = [];
const statuses = new Map<number, number>();
let sent = 0;

function fail(what: string, { bytes }: Input, received = ''): void {
  if (failures.length < 10)
    failures.push(
      `${what}\n  sent: ${JSON.stringify(bytes.toString('latin1').slice(0, 3000))}\n  received: ${JSON.stringify(received.slice(0, 1500))}`,
    );
}

/** Sends an input on a connection of its own, and collects the answer. */
function send(port: number, { bytes, methods, encrypted }: Input): Promise<{ received: string; timedOut: boolean }> {
  return new Promise((resolve) => {
    const socket = encrypted
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    let silence: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      timedOut = true;
      socket.destroy();
    }, PATIENCE);
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.destroy(), SILENCE);
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER) socket.destroy();
      if (methods === undefined) wait();
      else if (answersIn(Buffer.concat(chunks).toString('latin1'), methods).length >= methods.length) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(limit);
      clearTimeout(silence);
      resolve({ received: Buffer.concat(chunks).toString('latin1'), timedOut });
    });
    socket.write(bytes);
    if (methods === undefined) wait();
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The whole answers at the beginning of what was received. @param methods of the requests: answers to HEAD have no body */
function answersIn(received: string, methods: readonly string[]): Answer[] {
  const answers: Answer[] = [];
  let rest = received;
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3})[^\r]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (!head) return answers;
    const [whole, status = '', fields = ''] = head;
    const announced = Number(/^content-length: (\d+)/im.exec(fields)?.[1] ?? 0);
    const length = methods[answers.length] === 'HEAD' ? 0 : announced;
    if (rest.length < whole.length + length) return answers;
    const type = /^content-type: ([^\r]*)/im.exec(fields)?.[1] ?? '';
    answers.push({ status: Number(status), type, body: rest.slice(whole.length, whole.length + length) });
    rest = rest.slice(whole.length + length);
  }
}

function check(given: Input, received: string, timedOut: boolean): void {
  if (timedOut) {
    fail('no answer in time', given, received);
    return;
  }
  const { methods } = given;
  if (methods === undefined) return;
  const answers = answersIn(received, methods);
  for (const { status, type, body } of answers) {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status >= 500 && status !== 501 && !given.faulty) fail(`status ${status}`, given, received);
    if (/Internal Server Error/.test(body) && !given.faulty) fail('an internal error', given, received);
    if (/^text\/html/.test(type) && body !== '' && !/<!doctype html>\n<html lang="en">/.test(body))
      fail('HTML', given, received);
    if (/json/.test(type) && body.trim() !== '') {
      try {
        JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
      } catch {
        fail('an answer that is no JSON', given, received);
      }
    }
  }
  const closes = /^connection: close/im.test(received) || given.faulty;
  if (!closes && answers.length !== methods.length)
    fail(`${answers.length} answers for ${methods.length} requests`, given, received);
}

async function tokensOf(url: string): Promise<Tokens> {
  const tokens: string[] = ['x', ''];
  for (const [mount, app, user] of [
    ['', 230, 'Dacia'],
    ['', 22, 'Kitty'],
    ['', 230, null],
    ['/sandbox/faulty', 230, 'Dacia'],
    ['/sandbox/other', 22, 'Kitty'],
  ] as const) {
    const answer = await fetch(`${url}${mount}/_emulator/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ app, user }),
    });
    const { token }: { token: string } = JSON.parse(await answer.text());
    tokens.push(token);
  }
  return tokens;
}

/** Puts everything back that requests may have piled up. */
async function reset(url: string): Promise<Tokens> {
  for (const path of ['/_emulator/reset', '/sandbox/other/_emulator/reset'])
    await fetch(url + path, { method: 'POST' });
  await fetch(`${url}/_emulator/sandboxes`, { method: 'DELETE' });
  return tokensOf(url);
}

async function main(): Promise<void> {
  const server: Server = await startServer(['--seed', '--set', 'disable_list_users_v1=false']);
  const choose = new Chooser(values.seed);
  const end = Date.now() + Number(values.seconds) * 1000;
  const most = Number(values.requests) || Number.POSITIVE_INFINITY;
  const before = server.usage();
  let tokens = await tokensOf(server.url);
  let rounds = 0;
  while (Date.now() < end && sent < most && failures.length === 0 && server.alive()) {
    const inputs = Array.from({ length: CONNECTIONS * 8 }, () => input(choose, tokens));
    const lanes = Array.from({ length: CONNECTIONS }, async (_, lane) => {
      for (let at = lane; at < inputs.length; at += CONNECTIONS) {
        const given = inputs[at] as Input;
        const { received, timedOut } = await send(server.port, given);
        sent += given.methods?.length ?? 1;
        if (!server.alive()) fail('the server ended', given, server.stderr());
        else check(given, received, timedOut);
      }
    });
    await Promise.all(lanes);
    if (++rounds % 5 === 0 && server.alive()) tokens = await reset(server.url);
  }
  if (server.alive()) {
    await reset(server.url);
    await new Promise((later) => setTimeout(later, 500));
    const { memory, descriptors } = server.usage();
    if (descriptors > before.descriptors + 20)
      failures.push(`descriptors: ${before.descriptors} before, ${descriptors} after`);
    if (memory > before.memory + 400) failures.push(`memory: ${before.memory} MB before, ${memory} MB after`);
    console.log(`memory ${before.memory} → ${memory} MB, descriptors ${before.descriptors} → ${descriptors}`);
    const code = await server.stop();
    if (code !== 0) failures.push(`exit code ${code}`);
  }
  const noise = server
    .stderr()
    .split('\n')
    .filter((line) => line && !/^\s*\d+ ×|These requests worked here|^\{"event":"warnings"/.test(line));
  if (noise.length > 0) failures.push(`stderr: ${noise.slice(0, 20).join('\n')}`);
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`${sent} requests with seed ${values.seed}: ${counts.join(', ')}`);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  if (sent === 0) console.log('FAILED: nothing was sent');
  process.exitCode = failures.length > 0 || sent === 0 ? 1 : 0;
}

await main();
