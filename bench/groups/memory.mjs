// Memory after the start and under load.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, medianRatio, row, shown } from '../figures.mjs';
import { ask, requests } from '../load.mjs';
import { COLLECTING, liveMemoryOf, memoryOf, start } from '../process.mjs';

export async function rows({ runs, smoke }) {
  const idle = { emulator: [], bare: [] };
  for (let round = 0; round < runs; round++) {
    for (const name of Object.keys(idle)) {
      const server = await start(name);
      await sleep(400);
      idle[name].push(memoryOf(server));
      await server.stop();
    }
  }
  const ratio = medianRatio(idle.emulator, idle.bare);
  const figure = `${shown(ratio)} × (${shown(median(idle.emulator))} : ${shown(median(idle.bare))} MB)`;
  const batch = smoke ? 100 : 10_000;
  const { resident, live } = await underLoad('emulator', batch);
  const floor = await underLoad('floor', batch);
  const grown = ([second, tenth, last]) => `${shown(second)}, ${shown(tenth)} and ${shown(last)} MB`;
  const steady = ([second, tenth]) => tenth <= second * 1.05;
  const requests = (batches) => (batches * batch).toLocaleString('en');
  const after = `after ${AT.slice(0, -1).map(requests).join(', ')} and ${requests(AT.at(-1))} requests`;
  return [
    row('memory after start', '≤ 1.35 × bare node:http', figure, ratio <= 1.35),
    row(`live objects ${after}`, 'no growth', grown(live), steady(live)),
    row(`resident memory ${after}`, 'no growth', grown(resident), steady(resident)),
    row('the same of node:http with a Map', '', grown(floor.resident)),
  ];
}

/** The batches of requests after which memory is read. */
const AT = [2, 10, 20];

/** Resident memory and, for the emulator, live objects (MB) under load. */
async function underLoad(name, batch) {
  const server = await start(name, name === 'emulator' ? { node: COLLECTING } : {});
  try {
    const path = name === 'emulator' ? '/users/51946' : '/users/1';
    const headers =
      name === 'emulator'
        ? { 'CB-Token': (await ask(server, 'POST', '/_emulator/sessions', { user: 51946 })).token }
        : {};
    const resident = [];
    const live = [];
    for (let round = 1; round <= AT.at(-1); round++) {
      await requests(server, { path, headers }, batch, 50);
      if (!AT.includes(round)) continue;
      resident.push(memoryOf(server));
      if (name === 'emulator') live.push(await liveMemoryOf(server));
    }
    return { resident, live };
  } finally {
    await server.stop();
  }
}
