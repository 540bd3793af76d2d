// Cost of a durable change at growing sizes, compared with a server that rewrites its whole file.
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { median, medianRatio, range, row, shown } from '../figures.mjs';
import { ask, load } from '../load.mjs';
import { hasPeers, start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

const PEER = 'json-server 0.17';
const POST = { path: '/users', post: 'user' };
/** A server that answers a few times per second must be measured for longer. */
const PEER_SECONDS = 5;
const MILLION_LINES = 63_000;

export async function rows({ runs, seconds, smoke }) {
  const files = scratch();
  const sizes = smoke ? [100, 200] : [100, 1000, 10_000, 100_000];
  try {
    const table = [];
    const alone = [];
    for (const size of sizes) {
      const own = { one: [], many: [] };
      const peer = { one: [], many: [] };
      for (let round = 0; round < Math.min(runs, 3); round++) {
        await measure(files, size, seconds, own);
        if (hasPeers) await measurePeer(files, size, smoke ? seconds : PEER_SECONDS, peer);
      }
      alone.push(median(own.one));
      table.push(changeRow(size, own, peer));
    }
    const growth = alone.at(-1) / alone[0];
    const figure = `${shown(growth)} × (${alone.map((ms) => shown(ms)).join(', ')} ms at ${sizes.map(shown).join(', ')})`;
    table.push(
      row('a durable change, one client: growth from the smallest to the largest file', '≤ 2 ×', figure, growth <= 2),
    );
    table.push(await restart(files, runs, smoke ? 200 : MILLION_LINES), await signIn(files, seconds));
    return table;
  } finally {
    files.remove();
  }
}

/** Adds ms per change with one client, and changes per second with 50. */
async function measure(files, size, seconds, { one, many }) {
  const file = files.file(`${size}.json`);
  copyFileSync(seedOf(files, size, 'seed'), file);
  const server = await start('emulator', { with: ['--data', file], pin: false });
  try {
    const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 1 });
    await add(server, { ...POST, headers: { 'CB-Token': token } }, seconds, one, many);
  } finally {
    await server.stop();
    clear(file);
  }
}

async function measurePeer(files, size, seconds, { one, many }) {
  const file = files.file(`peer${size}.json`);
  copyFileSync(seedOf(files, size, 'database'), file);
  const server = await start(PEER, { with: file, pin: false });
  try {
    await add(server, { path: '/users', post: 'flat' }, seconds, one, many);
  } finally {
    await server.stop();
    clear(file);
  }
}

async function add(server, what, seconds, one, many) {
  const alone = await load(server, what, { connections: 1, seconds });
  const together = await load(server, what, { connections: 50, seconds });
  for (const { failed } of [alone, together])
    if (failed > 0) throw new Error(`${server.name}: ${failed} changes failed`);
  // no answer within the time counts as one
  one.push(1000 / (alone.perSecond || 1 / seconds));
  many.push(together.perSecond || 1 / seconds);
}

function changeRow(size, own, peer) {
  const what = `\`POST /users\`, durable, ${shown(size)} users, 50 connections`;
  const own50 = `${shown(median(own.many))} per second`;
  if (!hasPeers) return row(what, '', own50, undefined);
  const ratio = medianRatio(own.many, peer.many);
  const ratios = own.many.map((value, at) => value / peer.many[at]);
  const figure = `${shown(ratio)} × (${range(ratios)}; ${own50} : ${shown(median(peer.many))}; one client ${shown(median(own.one))} : ${shown(median(peer.one))} ms)`;
  const targeted = size === 10_000;
  return row(what, targeted ? `≥ 100 × ${PEER}` : `× ${PEER}`, figure, targeted ? ratio >= 100 : undefined);
}

/** Time from start to first answer with a data file of a million lines, minus a bare start. */
async function restart(files, runs, users) {
  const file = files.file('lines.json');
  copyFileSync(seedOf(files, users, 'seed'), file);
  const first = await start('emulator', { with: ['--data', file] });
  await ask(first, 'PUT', '/_emulator/snapshots/x', {});
  await ask(first, 'DELETE', '/_emulator/snapshots/x');
  await first.stop();
  const lines = readFileSync(file).reduce((count, byte) => count + (byte === 10), 0);
  const times = [];
  for (let round = 0; round < runs; round++) {
    const bare = await start('bare');
    await bare.stop();
    const server = await start('emulator', { with: ['--data', file] });
    await server.stop();
    times.push(server.ms - bare.ms);
  }
  const what = `restart on a data file of ${shown(lines)} lines, ${shown(statSync(file).size / 2 ** 20)} MB (less a bare start)`;
  return row(what, '≤ 1,500 ms', `${shown(median(times))} ms (${range(times)})`, median(times) <= 1500);
}

/** A session by login and password, including the cost of the hash. */
async function signIn(files, seconds) {
  const server = await start('emulator', { with: ['--data', files.file('sign-in.json'), '--seed'] });
  const began = performance.now();
  const body = {
    application_id: 230,
    auth_key: '29WfrNWdvkhmX6V',
    user: { login: 'Dacia', password: 'petU4or!' },
  };
  let count = 0;
  while (performance.now() - began < seconds * 1000) {
    await ask(server, 'POST', '/session', body);
    count++;
  }
  const ms = (performance.now() - began) / count;
  await server.stop();
  return row('`POST /session` with a password, durable, one client with fetch', '', `${shown(ms)} ms`, undefined);
}

/** Created once for all rounds. */
function seedOf(files, size, kind) {
  const file = files.file(`${kind}-${size}.json`);
  return existsSync(file) ? file : writeUsers(file, size, kind);
}

/** A killed server leaves a change log and a lock, too. */
function clear(file) {
  for (const name of [file, `${file}.changes`, `${file}.lock`]) rmSync(name, { force: true });
}
