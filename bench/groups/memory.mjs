// Resident memory: after the start, and while requests come in.
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
  const { resident, live } = await underLoad(smoke ? 100 : 10_000);
  const grown = ([second, tenth]) => `${shown(second)} and ${shown(tenth)} MB`;
  const steady = ([second, tenth]) => tenth <= second * 1.05;
  return [
    row('memory after start', '≤ 1.35 × bare node:http', figure, ratio <= 1.35),
    row('resident memory after 20,000 and after 100,000 requests', 'no growth', grown(resident), steady(resident)),
    row('live objects after 20,000 and after 100,000 requests', 'no growth', grown(live), steady(live)),
  ];
}

/** Resident memory and live objects (MB), after the 2nd and after the 10th batch of requests. */
async function underLoad(batch) {
  const server = await start('emulator', { node: COLLECTING });
  try {
    const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 51946 });
    const resident = [];
    const live = [];
    for (let round = 1; round <= 10; round++) {
      await requests(server, { path: '/users/51946', headers: { 'CB-Token': token } }, batch, 50);
      if (round !== 2 && round !== 10) continue;
      resident.push(memoryOf(server));
      live.push(await liveMemoryOf(server));
    }
    return { resident, live };
  } finally {
    await server.stop();
  }
}
