// Requests of the emulated API under load: one user, an error, lists of ten, sign-ups in memory.
import { median, medianRatio, range, row, shown } from '../figures.mjs';
import { ask, load } from '../load.mjs';
import { hasPeers, start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

const TEN = Array.from({ length: 10 }, (_, number) => `id[in][]=${number + 1}`).join('&');

export async function rows({ runs, seconds }) {
  const files = scratch();
  const servers = [];
  const begin = async (...args) => {
    const server = await start(...args);
    servers.push(server);
    return server;
  };
  try {
    const emulator = await begin('emulator', { with: ['--seed', writeUsers(files.file('seed.json'), 100)] });
    const { token } = await ask(emulator, 'POST', '/_emulator/sessions', { user: 1 });
    const headers = { 'CB-Token': token };
    const bytesOf = async (path) => (await fetch(emulator.url + path, { headers })).text();
    const record = await bytesOf('/users/1');
    const of = { path: '/users/1', headers };
    const floor = await begin('floor', { env: { RECORD: record } });
    const express = hasPeers ? { express: [await begin('express', { env: { RECORD: record } }), of] } : {};

    const unknown = [emulator, { path: '/users/999999', headers, fails: true }];
    const one = await rounds(runs, seconds, { emulator: [emulator, of], unknown, floor: [floor, of], ...express });
    const failed = { emulator: one.unknown, success: one.emulator };
    const table = [
      ratioRow('`GET /users/{id}`, 50 connections', one, 0.65, 'floor', 'node:http with a Map'),
      ratioRow('`GET /users/{id}` of an unknown user: 404', failed, 1, 'success', 'a success'),
      ...(hasPeers
        ? [ratioRow('`GET /users/{id}`, 50 connections', one, 2.5, 'express', 'Express 5 answering a constant')]
        : []),
      row('`GET /users/{id}`, p99', '≤ 12 ms', `${shown(median(one.emulator.p99))} ms`, median(one.emulator.p99) <= 12),
    ];
    for (const [what, path] of [
      ['V2 list, `id[in][]` of 10', `/users/v2?${TEN}`],
      ['V1 list, first page of 10', '/users?per_page=10'],
    ]) {
      const constant = await begin('floor', { env: { BODY: await bytesOf(path) } });
      const results = await rounds(runs, seconds, {
        emulator: [emulator, { path, headers }],
        floor: [constant, { path: '/', headers }],
      });
      table.push(ratioRow(what, results, 0.35, 'floor', 'node:http answering the same bytes'));
    }
    const signUp = { path: '/users', headers, post: 'user' };
    const created = await rounds(runs, seconds, { emulator: [emulator, signUp], floor: [floor, signUp] });
    table.push(ratioRow('`POST /users` in memory, 50 connections', created, 0.5, 'floor', 'node:http into a Map'));
    return table;
  } finally {
    for (const server of servers) await server.stop();
    files.remove();
  }
}

/**
 * Puts load on each server in turn, round after round.
 * @param targets by name: a server, and what to request of it (`fails`: its answers are errors)
 * @returns for each name, its figures by round
 */
export async function rounds(runs, seconds, targets) {
  const results = Object.fromEntries(
    Object.keys(targets).map((name) => [name, { perCpu: [], perSecond: [], p99: [] }]),
  );
  for (let round = -1; round < runs; round++) {
    for (const [name, [server, what]] of Object.entries(targets)) {
      const { perCpuSecond, perSecond, p99, failed } = await load(server, what, { seconds });
      if (failed > 0 && !what.fails) throw new Error(`${name}: ${failed} requests to ${what.path} failed`);
      if (round < 0) continue; // warm-up
      results[name].perCpu.push(perCpuSecond);
      results[name].perSecond.push(perSecond);
      results[name].p99.push(p99);
    }
  }
  return results;
}

function ratioRow(what, results, least, against, words) {
  const ratios = results.emulator.perCpu.map((value, at) => value / results[against].perCpu[at]);
  const ratio = medianRatio(results.emulator.perCpu, results[against].perCpu);
  const figures = `${shown(median(results.emulator.perCpu))} : ${shown(median(results[against].perCpu))} per CPU second`;
  const target = least < 1 ? `≥ ${least * 100} % of ${words}` : `≥ ${least} × ${words}`;
  const figure = least < 1 ? `${shown(ratio * 100)} %` : `${shown(ratio)} ×`;
  const spread = least < 1 ? `${range(ratios.map((each) => each * 100))} %` : range(ratios);
  return row(what, target, `${figure} (${spread}; ${figures})`, ratio >= least);
}
