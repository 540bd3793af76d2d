// Starts servers, waits for their first answer, reads their memory and CPU time, and stops them. Linux only: /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, connect as openSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = new URL('../', import.meta.url).pathname;
const FLOORS = new URL('floors/', import.meta.url).pathname;
const MODULES = new URL('node_modules/', import.meta.url).pathname;
const HAS_TASKSET = existsSync('/usr/bin/taskset');
/** What is measured; another build can be named. */
const BIN = process.env.BENCH_BIN ?? `${ROOT}bin/users-emulator.js`;

/** How each server is started: the arguments of node, and what to ask for to see that it is there. */
export const SERVERS = {
  emulator: (port, args = ['--seed']) => ({
    args: [BIN, '--port', port, '--log', 'silent', ...args],
    path: '/_emulator/health',
  }),
  bare: () => ({ args: [`${FLOORS}bare.cjs`], path: '/' }),
  floor: () => ({ args: [`${FLOORS}http.mjs`], path: '/' }),
  express: () => ({ args: [`${FLOORS}express.mjs`], path: '/users/1' }),
  'json-server 0.17': (port, file) => ({
    args: [`${MODULES}json-server/lib/cli/bin.js`, '--quiet', '--host', '127.0.0.1', '--port', port, file],
    path: '/users/1',
  }),
  'json-server 1.0': (port, file) => ({
    args: [`${MODULES}json-server-1/lib/bin.js`, '--host', '127.0.0.1', '--port', port, file],
    path: '/users/1',
  }),
};

/** Whether what is compared with is there; it is in a package of its own: `npm ci --prefix bench`. */
export const hasPeers = existsSync(MODULES);

/** Runs a command on one core, where there is a way to say so: what drives a server must not run in its way. */
export function pinned(core, command, args) {
  return HAS_TASKSET ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/**
 * Starts a server and waits until it answers 200.
 * @param name one of SERVERS
 * @param options.with what the server's row takes beside the port; `env`; `node` options of node; `pin` false: any core
 * @returns its address, the time from spawn to the answer (ms), and a way to stop it
 */
export async function start(name, { with: given, env = {}, node = [], pin = true, timeout = 120_000 } = {}) {
  const port = await freePort();
  const { args, path } = SERVERS[name](String(port), given);
  const [command, all] = pin ? pinned(0, process.execPath, [...node, ...args]) : [process.execPath, [...node, ...args]];
  const began = performance.now();
  const child = spawn(command, all, {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  while (!(await answers(port, path))) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said.slice(-2000)}`);
    if (performance.now() - began > timeout) {
      child.kill('SIGKILL');
      throw new Error(`${name} does not answer ${path}: ${said.slice(-2000)}`);
    }
    await sleep(2);
  }
  const ms = performance.now() - began;
  return {
    name,
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    ms,
    /** The next thing it says that looks so. */
    said: async (pattern) => {
      said = '';
      for (;;) {
        const found = pattern.exec(said);
        if (found) return found;
        await sleep(5);
      }
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Resident memory of a process, MB. */
export function memoryOf({ pid }) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Options of node for servers whose live objects are to be measured. */
export const COLLECTING = ['--expose-gc', '-r', new URL('collect.cjs', import.meta.url).pathname];

/** The size of a process' live objects, MB: it collects its garbage first. Only of servers started with COLLECTING. */
export async function liveMemoryOf(server) {
  process.kill(server.pid, 'SIGUSR2');
  return await server.said(/live (\d+)/).then(([, bytes]) => Number(bytes) / 2 ** 20);
}

/** CPU time that a process has used, s; its resolution is 10 ms. */
export function cpuOf({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Below the range from which the kernel takes ports for clients: a client of a closed port there can meet itself. */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Whether a server answers 200. */
function answers(port, path) {
  return new Promise((resolve) => {
    const socket = openSocket(port, '127.0.0.1');
    let got = '';
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      if (got.length >= 12) done(/^HTTP\/1\.1 200/.test(got));
    });
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
  });
}
