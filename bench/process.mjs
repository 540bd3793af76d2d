// Starts servers, waits for their first answer, reads their memory and CPU time, and stops them. Linux only: /proc.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, connect as openSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FLOORS = fileURLToPath(new URL('floors/', import.meta.url));
const MODULES = fileURLToPath(new URL('node_modules/', import.meta.url));
const HAS_TASKSET = existsSync('/usr/bin/taskset');
/** The program to measure; BENCH_BIN names another build. */
const BIN = process.env.BENCH_BIN ?? `${ROOT}bin/users-emulator.js`;

/** How to start each server: the arguments of node, and a path that answers 200 once it is ready. */
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

/** Whether the servers to compare with are installed; they are in a package of their own: `npm ci --prefix bench`. */
export const hasPeers = existsSync(MODULES);

/** Pins a command to one core, if the system has `taskset`: the load generator must not compete with the server. */
export function pinned(core, command, args) {
  return HAS_TASKSET ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/**
 * Starts a server and waits until it answers 200.
 * @param name one of SERVERS
 * @param options.with second argument of the server's row; `env`; `node`: options of node; `pin`: false for any core
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
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  while (!(await answers(port, path))) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${output.slice(-2000)}`);
    if (performance.now() - began > timeout) {
      child.kill('SIGKILL');
      throw new Error(`${name} does not answer ${path}: ${output.slice(-2000)}`);
    }
    await sleep(2);
  }
  const ms = performance.now() - began;
  return {
    name,
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    ms,
    /** Waits until stderr matches a pattern. @returns the match */
    waitForOutput: async (pattern) => {
      output = '';
      for (;;) {
        const found = pattern.exec(output);
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

/** Options of node for `liveMemoryOf`. */
export const COLLECTING = ['--expose-gc', '-r', fileURLToPath(new URL('collect.cjs', import.meta.url))];

/** The size of a process's live objects after a garbage collection, MB. Only for servers started with COLLECTING. */
export async function liveMemoryOf(server) {
  process.kill(server.pid, 'SIGUSR2');
  return await server.waitForOutput(/live (\d+)/).then(([, bytes]) => Number(bytes) / 2 ** 20);
}

/** CPU time that a process has used, in seconds, with a resolution of 10 ms. */
export function cpuOf({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Below the kernel's range of client ports: in that range, a client of a closed port can connect to itself. */
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
