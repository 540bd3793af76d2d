// Reset and snapshots of a large state, as a client of the control plane sees them.
import { median, row, shown } from '../figures.mjs';
import { ask } from '../load.mjs';
import { start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

export async function rows({ runs, smoke }) {
  const files = scratch();
  const table = [];
  try {
    for (const users of smoke ? [200] : [10_000, 100_000]) {
      const server = await start('emulator', { with: ['--seed', writeUsers(files.file('seed.json'), users)] });
      const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 1 });
      for (const [what, method, path] of [
        ['reset', 'POST', '/_emulator/reset'],
        ['snapshot', 'PUT', '/_emulator/snapshots/a'],
        ['restore', 'POST', '/_emulator/snapshots/a/restore'],
      ]) {
        const times = [];
        for (let round = 0; round < runs * 2; round++) {
          // change the state first: leaving a changed state is part of the cost
          await ask(server, 'PUT', '/users/1', { user: { full_name: `Round ${round}` } }, { 'CB-Token': token }).catch(
            () => {},
          );
          const began = performance.now();
          await ask(server, method, path, {});
          times.push(performance.now() - began);
        }
        const counted = users.toLocaleString('en');
        const target = users > 10_000 ? '' : '≤ 5 ms';
        const met = users > 10_000 ? undefined : median(times) <= 5;
        table.push(row(`${what}, ${counted} users`, target, `${shown(median(times))} ms`, met));
      }
      await server.stop();
    }
    return table;
  } finally {
    files.remove();
  }
}
