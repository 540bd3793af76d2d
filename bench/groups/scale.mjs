// What many users and many sandboxes cost.
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
    const hundred = writeUsers(files.file('100000.json'), smoke ? 200 : 100_000);
    const many = writeUsers(files.file('many.json'), smoke ? 400 : Math.min(users, 500_000));
    return [
      ...(await loading(hundred, runs)),
      await perUser(hundred, many, smoke ? 200 : Math.min(users, 500_000) - 100_000),
      await sandboxes(writeUsers(files.file('1000.json'), 1000), smoke ? 10 : 1000),
    ];
  } finally {
    files.remove();
  }
}

async function loading(file, runs) {
  const times = [];
  for (let round = 0; round < runs; round++) {
    const bare = await start('bare');
    await bare.stop();
    const server = await start('emulator', { with: ['--seed', file] });
    await server.stop();
    times.push(server.ms - bare.ms);
  }
  const ms = median(times);
  return [
    row(
      'loading a seed of 100,000 users (start to answer, less a bare start)',
      '≤ 1,500 ms',
      `${shown(ms)} ms`,
      ms <= 1500,
    ),
  ];
}

/** The memory that users beyond the first 100,000 take, after each index was asked for. */
async function perUser(few, many, between) {
  const sizes = [];
  for (const file of [few, many]) {
    const server = await start('emulator', { with: ['--seed', file], node: COLLECTING });
    const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 1 });
    for (const query of QUERIES) await ask(server, 'GET', `/users/v2?${query}`, undefined, { 'CB-Token': token });
    sizes.push(await liveMemoryOf(server));
    await server.stop();
  }
  const kilobytes = ((sizes[1] - sizes[0]) * 1024) / between;
  return row('memory per user beyond 100,000, all indexes', '≤ 1.2 kB', `${shown(kilobytes)} kB`, kilobytes <= 1.2);
}

async function sandboxes(seed, count) {
  const server = await start('emulator', { with: ['--seed', seed], node: COLLECTING });
  await ask(server, 'GET', '/sandbox/first/_emulator');
  const before = await liveMemoryOf(server);
  for (let number = 0; number < count; number++) await ask(server, 'GET', `/sandbox/s${number}/_emulator`);
  const megabytes = (await liveMemoryOf(server)) - before;
  await server.stop();
  return row(
    '1,000 sandboxes of an untouched seed of 1,000 users',
    '≤ 50 MB',
    `${shown(megabytes)} MB`,
    megabytes <= 50,
  );
}
