// From the start of the process to its first answer.
import { median, medianRatio, range, row, shown } from '../figures.mjs';
import { hasPeers, start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

export async function rows({ runs }) {
  const files = scratch();
  try {
    const peers = hasPeers ? ['json-server 0.17', 'json-server 1.0'] : [];
    const given = {};
    for (const name of peers) given[name] = writeUsers(files.file(`${name}.json`), 3, 'json-server');
    const times = await startTimes(['bare', 'emulator', ...peers], runs, given);
    const ratio = medianRatio(times.emulator, times.bare);
    const ratios = times.emulator.map((ms, at) => ms / times.bare[at]);
    const ms = `${shown(median(times.emulator))} : ${shown(median(times.bare))} ms`;
    return [
      row(
        'start to first answer, `--seed`',
        '≤ 1.5 × bare node:http',
        `${shown(ratio)} × (${range(ratios)}; ${ms})`,
        ratio <= 1.5,
      ),
      ...peers.map((name) => {
        const slower = medianRatio(times[name], times.emulator);
        return row(
          `start of ${name}`,
          'slower than ours',
          `${shown(slower)} × ours (${shown(median(times[name]))} ms)`,
          slower > 1,
        );
      }),
    ];
  } finally {
    files.remove();
  }
}

/** Round after round, so that a slow moment falls on all of them; the first is to warm the disk's cache up. */
async function startTimes(names, runs, given) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < runs; round++) {
    for (const name of names) {
      const server = await start(name, { with: given[name], pin: false });
      await server.stop();
      if (round >= 0) times[name].push(server.ms);
    }
  }
  return times;
}
