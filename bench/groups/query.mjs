// Queries over many users: their time, and how much slower than over few.
import { median, medianRatio, row, shown } from '../figures.mjs';
import { ask, percentile, requests } from '../load.mjs';
import { start } from '../process.mjs';
import { scratch, user, writeUsers } from '../users.mjs';

/** A query for a given user by each stand-alone field and primary operator. */
const V2 = {
  'id, eq': ({ id }) => `id=${id}`,
  'id, in': ({ id }) => `id[in][]=${id}&id[in][]=${id + 1}`,
  'login, eq': ({ login }) => `login=${login}`,
  'login, in': ({ login }) => `login[in][]=${login}&login[in][]=nobody`,
  'login, start_with': ({ login }) => `login[start_with]=${login.slice(0, -1)}`,
  'email, eq': ({ email }) => `email=${email}`,
  'email, start_with': ({ email }) => `email[start_with]=${email.slice(0, -12)}`,
  'full_name, eq': ({ full_name }) => `full_name=${encodeURIComponent(full_name)}`,
  'full_name, start_with': ({ full_name }) => `full_name[start_with]=${encodeURIComponent(full_name)}`,
  'phone, eq': ({ phone }) => `phone=${encodeURIComponent(phone)}`,
  'phone, start_with': ({ phone }) => `phone[start_with]=${encodeURIComponent(phone)}`,
  'external_id, in': ({ external_id }) => `external_id[in][]=${external_id}`,
  'facebook_id, eq': ({ facebook_id }) => `facebook_id=${facebook_id}`,
  'facebook_id, start_with': ({ facebook_id }) => `facebook_id[start_with]=${facebook_id}`,
  'twitter_id, eq': ({ twitter_id }) => `twitter_id=${twitter_id}`,
  'user_tags, eq': () => 'user_tags=vip&limit=10',
  'user_tags, in': () => 'user_tags[in][]=vip&user_tags[in][]=staff&limit=10',
  'user_tags, start_with': () => 'user_tags[start_with]=acco',
};

/** V1 queries that no index serves: each scans every user. */
const V1 = {
  'V1 order by date': 'order=desc+date+created_at',
  'V1 order by text': 'order=asc+string+full_name',
  'V1 filter by date': 'filter[]=date+created_at+gt+2019-06-01',
  'V1 filter by text, ordered': 'filter[]=string+website+gt+http://m&order=desc+date+created_at',
  'V1 filter by number': 'filter[]=number+external_user_id+gt+52000100',
  'V1 page 500': 'page=500&per_page=100',
  'V1 page 50, ordered': 'page=50&per_page=100&order=desc+date+updated_at',
  by_full_name: null,
};
/** Number of requests per p99. */
const REQUESTS = 200;

export async function rows({ runs, users, smoke }) {
  const files = scratch();
  const servers = [];
  const begin = async (count) => {
    const server = await start('emulator', { with: ['--seed', writeUsers(files.file(`${count}.json`), count)] });
    servers.push(server);
    const { token } = await ask(server, 'POST', '/_emulator/sessions', { user: 1 });
    return { server, headers: { 'CB-Token': token }, count };
  };
  try {
    const few = await begin(1000);
    const table = [];
    const scanned = await begin(smoke ? 200 : 100_000);
    for (const [what, query] of Object.entries(V1)) {
      const path = query === null ? '/users/by_full_name?full_name=nowak' : `/users?${query}`;
      const ms = median(await requests(scanned.server, { path, headers: scanned.headers }, smoke ? 2 : 15));
      const given = [`${what}, ${number(scanned.count)} users`, query ? '≤ 15 ms' : '', `${shown(ms)} ms`];
      table.push(query ? row(...given, ms <= 15) : row(...given));
    }
    await scanned.server.stop();
    const many = await begin(users);
    for (const [what, path] of [
      ['V2 by tag, first page of 100 and total', '/users/v2?user_tags=vip'],
      ['V1 by_tags, first page and total', '/users/by_tags?tags=vip'],
    ]) {
      await ask(many.server, 'GET', path, undefined, many.headers);
      const ms = median(await requests(many.server, { path, headers: many.headers }, smoke ? 2 : 50));
      table.push(row(`${what}, ${number(users)} users`, '≤ 5 ms', `${shown(ms)} ms`, ms <= 5));
    }
    for (const [what, query] of Object.entries(V2)) {
      const times = { few: [], many: [] };
      for (let round = 0; round < runs; round++) {
        times.few.push(await p99(few, query, smoke));
        times.many.push(await p99(many, query, smoke));
      }
      const ratio = medianRatio(times.many, times.few);
      const figure = `${shown(ratio)} × (${shown(median(times.many))} : ${shown(median(times.few))} ms)`;
      table.push(row(`V2 by ${what}, ${number(users)} users`, 'p99 ≤ 3 × that of 1,000 users', figure, ratio <= 3));
    }
    return table;
  } finally {
    for (const server of servers) await server.stop();
    files.remove();
  }
}

const number = (count) => count.toLocaleString('en');

/** The p99 (ms) of a query for users spread over the whole collection, after its index was built. */
async function p99({ server, headers, count }, query, smoke) {
  const path = (at) => `/users/v2?${query(user((at * 7919) % (count - 1)))}`;
  await requests(server, { path, headers }, smoke ? 5 : 50);
  return percentile(await requests(server, { path, headers }, smoke ? 5 : REQUESTS), 99);
}
