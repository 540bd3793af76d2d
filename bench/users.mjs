// Generates users like those in the vendors' documentation: about 500 bytes each, identical in every run.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIRST = ['Gabrielle', 'Dacia', 'Pallavi', 'David', 'Ingrid', 'Tomasz', 'Aiko', 'Femi', 'Lucia', 'Omar'];
const LAST = ['Corcoran', 'Kail', 'Purushottam', 'Smith', 'Olsen', 'Nowak', 'Tanaka', 'Adeyemi', 'Rossi', 'Haddad'];
const TAGS = ['vip', 'accountant', 'guest', 'admin', 'beta', 'staff'];

/** User number 0, 1, 2, … */
export function user(number) {
  const first = FIRST[number % 10];
  const last = LAST[(number * 7 + Math.floor(number / 10)) % 10];
  const minutes = (number * 7919) % 1_000_003;
  const time = new Date(Date.UTC(2018, 11, 6, 9) + minutes * 60_000).toISOString().replace('.000', '');
  return {
    id: number + 1,
    full_name: `${first} ${last} ${number}`,
    email: `${first}.${last}.${number}@domain.com`.toLowerCase(),
    login: `${first}${number}`.toLowerCase(),
    phone: `+1619${2_000_000 + number}`,
    website: `http://${first.toLowerCase()}${number}.com`,
    created_at: time,
    updated_at: time,
    external_user_id: 52_000_000 + number,
    external_id: String(900_000 + number),
    facebook_id: String(95_610_574 + number),
    twitter_id: String(76_001_234 + number),
    custom_data: `Responsible for signing documents; keeps the quarterly ledger and answers questions about it. ${number % 997}`,
    user_tags: `${TAGS[number % 6]},${TAGS[(number * 5 + 1) % 6]}`,
  };
}

/** A temporary folder for a run's files. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'users-emulator-bench-'));
  return { file: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes a seed, or a database of json-server, with `count` users. The seed enables V1 lists. @returns the file */
export function writeUsers(file, count, kind = 'seed') {
  const app = '"id":230,"auth_key":"29WfrNWdvkhmX6V","settings":{"disable_list_users_v1":false}';
  const [head, tail] = kind === 'seed' ? [`{"applications":[{${app},"users":[`, ']}]}'] : ['{"users":[', ']}'];
  const output = openSync(file, 'w');
  let text = head;
  for (let number = 0; number < count; number++) {
    text += (number > 0 ? ',' : '') + JSON.stringify(user(number));
    if (text.length > 1_000_000) {
      writeSync(output, text);
      text = '';
    }
  }
  writeSync(output, text + tail);
  closeSync(output);
  return file;
}
