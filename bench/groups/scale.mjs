// Cost of many users and of many sandboxes.
import { median, row, shown } from '../figures.mjs';
import { ask } from '../load.mjs';
import { COLLECTING, liveMemoryOf, start } from '../process.mjs';
import { scratch, writeUsers } from '../users.mjs';

/** One query for each stand-alone field, so that every index is built. */
const QUERIES = [
  'login=dacia1',
  'email=dacia.kail.1@domain.com',
  'full_name=x',
  'full_name[start_with]=dacia kail 1',
  'phone=x',
  'external_id=x',
  'facebook_id=x',
  'twitter_id=x',
  'user_tags=vip',
];

export async function rows({ runs, users, smoke }) {
  const files = scratch();
  try {
    const [few, many] = smoke ? [200, 400] : [100_000, Math.min(users, 500_000)];
    const first = writeUsers(files.file('few.json'), few);
    return [
      await loading(first, few, runs),
      await perUser(first, few, writeUsers(files.file('many.json'), many), many),
      await sandboxes(writeUsers(files.file('1000.json'), 1000), smoke ? 10 : 1000),
    ];
  } finally {
    files.remove();
  }
}

const number = (count) => count.toLocaleString('en');

async function loading(file, count, runs) {
  const times = [];
  for (let round = 0; round < runs; round++) {
    const bare = await start('bare');
    await bare.stop();
    const server = await start('emulator', { with: ['--seed', file] });
    await server.stop();
    times.push(server.ms - bare.ms);
  }
  const ms = median(times);
  return row(
    `loading a seed of ${number(count)} users (start to answer, less a bare start)`,
    '≤ 1,500 ms',
    `${shown(ms)} ms`,
    ms <= 1500,
  );
}

/** Memory of each user beyond the first few, with every index built. */
async function perUser(first, few, second, many) {
  const sizes = [];
  for (const file of [first, second]) {
    const server = await start('emulator', { with: ['--seed', file], node: COLLECTING });
    const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 1 });
    for (const query of QUERIES) await ask(server, 'GET', `/users/v2?${query}`, undefined, { 'CB-Token': token });
    sizes.push(await liveMemoryOf(server));
    await server.stop();
  }
  const kilobytes = ((sizes[1] - sizes[0]) * 1024) / (many - few);
  const what = `memory per user, from ${number(few)} to ${number(many)}, all indexes`;
  return row(what, '≤ 1.2 kB', `${shown(kilobytes)} kB`, kilobytes <= 1.2);
}

async function sandboxes(seed, count) {
  const server = await start('emulator', { with: ['--seed', seed], node: COLLECTING });
  await ask(server, 'GET', '/sandbox/first/_emulator');
  const before = await liveMemoryOf(server);
  for (let number = 0; number < count; number++) await ask(server, 'GET', `/sandbox/s${number}/_emulator`);
  const megabytes = (await liveMemoryOf(server)) - before;
  await server.stop();
  return row(
    `${number(count)} unused sandboxes of a seed of 1,000 users`,
    '≤ 50 MB',
    `${shown(megabytes)} MB`,
    megabytes <= 50,
  );
}
