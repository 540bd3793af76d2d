// Time from the start of the process to its first answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, range, row, shown } from '../figures.mjs';
import { hasPeers, start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

export async function rows({ runs }) {
  const files = scratch();
  try {
    const peers = hasPeers ? ['json-server 0.17', 'json-server 1.0'] : [];
    const targets = {
      bare: {},
      emulator: { env: { XDG_CACHE_HOME: files.file('cache') } },
      // V8's compile cache can't be written, so that each start is a first one
      first: { server: 'emulator', env: { XDG_CACHE_HOME: '/dev/null' } },
    };
    for (const name of peers) targets[name] = { with: writeUsers(files.file(`${name}.json`), 3, 'json-server') };
    const times = await startTimes(targets, runs);
    const against = (name, base) => {
      const ratios = times[name].map((ms, at) => ms / times[base][at]);
      const ms = `${shown(median(times[name]))} : ${shown(median(times[base]))} ms`;
      return { ratio: median(ratios), figure: `${shown(median(ratios))} × (${range(ratios)}; ${ms})` };
    };
    const later = against('emulator', 'bare');
    return [
      row('start to first answer, `--seed`', '≤ 1.5 × bare node:http', later.figure, later.ratio <= 1.5),
      row('the very first start, without a compile cache', '', against('first', 'bare').figure),
      ...peers.map((name) => {
        const { ratio, figure } = against(name, 'emulator');
        return row(`start of ${name}`, 'slower than ours', figure, ratio > 1);
      }),
    ];
  } finally {
    files.remove();
  }
}

/** In rounds, so that a slow moment affects all targets. In a round before the first, each writes its compile cache. */
async function startTimes(targets, runs) {
  const times = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let round = -1; round < runs; round++) {
    for (const [name, { server: kind = name, ...options }] of Object.entries(targets)) {
      const server = await start(kind, { ...options, pin: false });
      if (round < 0) await sleep(1500);
      await server.stop();
      if (round >= 0) times[name].push(server.ms);
    }
  }
  return times;
}
