// Puts load on a server: wrk for throughput, our own client for exact numbers of requests, sequential or concurrent.

import { execFile, spawnSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cpuOf, pinned } from './process.mjs';

const POST_SCRIPT = fileURLToPath(new URL('post.lua', import.meta.url));
const run = promisify(execFile);
const hasWrk = spawnSync('wrk', ['--version']).error === undefined;
const MS = { us: 0.001, ms: 1, s: 1000 };
let salt = process.pid;

/**
 * Puts load on a server for some seconds.
 * @param server from `start`
 * @param what.post each request signs up a new user, in the form `user` (`{user:{…}}`) or `flat` (a bare record); without it, GET
 * @returns requests per second of time and per second of the server's CPU time, p99 in ms, and the number of failed requests
 */
export async function load(server, { path, headers = {}, post }, { connections = 50, seconds = 2 } = {}) {
  if (!hasWrk || seconds < 1) return loadWithoutWrk(server, { path, headers, post }, { connections, seconds });
  const given = Object.entries(headers);
  const [command, args] = pinned(1, 'wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    ...given.flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(post ? ['-s', POST_SCRIPT] : []),
    server.url + path,
  ]);
  const cpu = cpuOf(server);
  const { stdout } = await run(command, args, {
    env: { ...process.env, POST_KIND: post ?? '', POST_SALT: String(++salt) },
  });
  const used = cpuOf(server) - cpu;
  const [, p99, unit] = /^\s+99%\s+([\d.]+)(us|ms|s)/m.exec(stdout);
  const count = Number(/(\d+) requests in/.exec(stdout)[1]);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    perCpuSecond: count / used,
    done: count,
    p99: Number(p99) * MS[unit],
    failed: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
  };
}

/** Good enough for a smoke test only: this client uses more CPU time than the servers it measures. */
async function loadWithoutWrk(server, { path, headers, post }, { connections, seconds }) {
  const cpu = cpuOf(server);
  const end = performance.now() + seconds * 1000;
  const times = [];
  let failed = 0;
  const client = connection(server, connections);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const { status, ms } = await client(path, headers, post && userText(++salt, post));
        if (status >= 400) failed++;
        times.push(ms);
      }
    }),
  );
  client.close();
  const used = Math.max(cpuOf(server) - cpu, 0.01);
  const perSecond = (times.length / (performance.now() - began)) * 1000;
  return { perSecond, perCpuSecond: times.length / used, done: times.length, p99: percentile(times, 99), failed };
}

/** Sends `count` requests, `connections` at a time. @returns the duration of each, ms @throws when a request fails */
export async function requests(server, { path, headers = {} }, count, connections = 1) {
  const client = connection(server, connections);
  const times = [];
  let left = count;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const { status, ms, text } = await client(typeof path === 'function' ? path(left) : path, headers);
        if (status >= 400) throw new Error(`${path}: ${status} ${text}`);
        times.push(ms);
      }
    }),
  );
  client.close();
  return times;
}

/** Sends one request. @returns the JSON of its answer @throws when it fails */
export async function ask(server, method, path, body, headers = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return text === '' ? undefined : JSON.parse(text);
}

export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

/** A client with up to `maxSockets` connections, which stay open until `close`. */
function connection({ url }, maxSockets) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets });
  const send = (path, headers, body) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const method = body === undefined ? 'GET' : 'POST';
      const type = body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': body.length };
      const sent = request({ agent, hostname, port, path, method, headers: { ...headers, ...type } }, (response) => {
        let text = '';
        response.on('data', (bytes) => {
          text += bytes;
        });
        response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - began, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return Object.assign(send, { close: () => agent.destroy() });
}

/** The body that post.lua sends. */
function userText(number, kind) {
  const user = {
    login: `load${number}`,
    password: 'petU4or!',
    email: `load${number}@domain.com`,
    full_name: `Load User ${number}`,
    phone: `+1999${number}`,
    website: 'http://load.com',
    facebook_id: String(number),
    custom_data: 'Responsible for signing documents; keeps the quarterly ledger',
    tag_list: 'vip,guest',
    timezone: 180,
  };
  return JSON.stringify(kind === 'user' ? { user } : user);
}
