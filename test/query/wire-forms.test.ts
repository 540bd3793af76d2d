import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { createRandom } from '../../src/support/random.ts';
import { type Params, rawRequest } from '../support/http.ts';
import { SERVICES, type Service } from '../support/services.ts';
import { carrying, type Encode, encodeForm, WIRE_FORMS, type WireForm } from '../support/wire.ts';

/** A user as this file knows it: the name and phone as they should be found, the time of creation in microseconds. */
interface Known {
  readonly id: number;
  readonly name: string;
  readonly phone: string;
  readonly created: number;
}

const { fraction } = createRandom('wire forms');
const below = (limit: number) => Math.floor(fraction() * limit);
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
const several = <T>(make: () => T) => Array.from({ length: 1 + below(3) }, make);

const CHARACTERS = ['a', 'B', '[', ']', '+', ' ', ',', '%', '&', '=', '"', 'é'];
/** A name without blanks around it. */
function randomName(): string {
  const name = Array.from({ length: 1 + below(4) }, () => pick(CHARACTERS))
    .join('')
    .trim();
  return name === '' ? randomName() : name;
}
const NAMES = [...Array.from({ length: 24 }, randomName), '[a]', '[a,B]', '[]', '+', '[+'];
const PHONES = Array.from({ length: 12 }, (_, n) => `${n % 3 === 0 ? '' : '+'}4412${below(1000) + 1000}`);

const SECOND = 1_000_000;
const START = Date.UTC(2018, 11, 6, 9, 16, 26) * 1000;
const USERS: readonly Known[] = Array.from({ length: 60 }, (_, index) => ({
  id: index + 1,
  name: pick(NAMES),
  phone: pick(PHONES),
  created: START + below(5) * SECOND,
}));
const ALL = { id: { in: USERS.map(({ id }) => id) } };

/** A time near those of the users, to the microsecond, in one of the ways in which clients write times. */
function randomTime(): { readonly time: number; readonly text: string } {
  const precision = pick([SECOND, 1000, 1]);
  const time = START + Math.floor((below(7 * SECOND) - SECOND) / precision) * precision;
  const seconds = Math.floor(time / SECOND);
  const digits = String(time % SECOND).padStart(6, '0');
  const iso = new Date(seconds * 1000).toISOString().slice(0, 19);
  const west = new Date((seconds - 3 * 3600) * 1000).toISOString().slice(0, 19);
  const texts = [`${iso}.${digits}Z`, `${west}.${digits}-03:00`, `${seconds}.${digits}`];
  if (precision >= 1000) texts.push(String(time / 1000), `${iso}.${digits.slice(0, 3)}Z`);
  if (precision === SECOND) texts.push(String(seconds), `${iso}Z`);
  return { time, text: pick(texts) };
}

const COMPARISONS: Readonly<Record<string, (own: number, given: number) => boolean>> = {
  gt: (own, given) => own > given,
  gte: (own, given) => own >= given,
  lt: (own, given) => own < given,
  lte: (own, given) => own <= given,
};
const V1_NAMES: Readonly<Record<string, string>> = { gt: 'gt', gte: 'ge', lt: 'lt', lte: 'le' };

let emulator: Emulator;
const tokens = new Map<Service, string>();
beforeAll(async () => {
  emulator = await createEmulator();
  const users = USERS.map(({ id, name, phone, created }) => ({
    id,
    full_name: name,
    phone,
    created_at: `${new Date(created / 1000).toISOString().slice(0, 19)}Z`,
  }));
  await emulator.import({ applications: SERVICES.map(({ name, app }) => ({ ...app, dialect: name, users })) });
  await emulator.settings.set({ disable_list_users_v1: false });
  for (const service of SERVICES)
    tokens.set(service, (await emulator.sessions.create({ app: service.app.id, user: null })).token);
});
afterAll(() => emulator.close());

const [cube] = SERVICES;
const percent: Encode = encodeURIComponent;
const rawPlus: Encode = (value) => encodeForm(value).replaceAll('%2B', '+');

async function idsOf(service: Service, path: string, form: WireForm, params: Params, encode?: Encode) {
  const request = carrying(form, { method: 'GET', path }, params, encode);
  const headers = { ...request.headers, [service.tokenHeader]: tokens.get(service)! };
  const { text, json } = await rawRequest(emulator.url, { ...request, headers });
  const ids = json?.items?.map((each: { id?: number; user?: { id: number } }) => each.id ?? each.user?.id);
  return ids ?? text;
}
const v2 = (form: WireForm, params: Params, encode?: Encode) => idsOf(cube!, '/users/v2', form, params, encode);
const v1 = (service: Service, form: WireForm, filter: string, encode?: Encode) =>
  idsOf(service, '/users', form, { filter: [filter], per_page: '100' }, encode);

/** The ids that this file expects. */
const ids = (matches: (user: Known) => boolean) => USERS.filter(matches).map(({ id }) => id);

describe.each(WIRE_FORMS)('random queries in %s', (form) => {
  const encodings = form === 'form' || form === 'query' ? [encodeForm, percent] : [encodeForm];
  const phoneEncodings = form === 'form' || form === 'query' ? [...encodings, rawPlus] : encodings;
  const ROUNDS = 60;

  test('B1: a list finds or excludes exactly its values, whatever they look like', async () => {
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const names = several(() => pick(NAMES));
      const encode = pick(encodings);
      const within = ids(({ name }) => names.includes(name));
      expect(await v2(form, { full_name: { in: names } }, encode), names.join()).toEqual(within);
      expect(await v2(form, { full_name: names }, encode), names.join()).toEqual(within);
      const without = ids(({ name }) => !names.includes(name));
      expect(await v2(form, { ...ALL, full_name: { nin: names } }, encode), names.join()).toEqual(without);
      const [name = ''] = names;
      const same = ids((user) => user.name === name);
      expect(await v2(form, { full_name: name }, encode), name).toEqual(same);
      for (const service of SERVICES)
        expect(await v1(service, form, `string full_name eq ${name}`, encode), name).toEqual(same);
      found += within.length;
    }
    expect(found).toBeGreaterThan(ROUNDS);
  });

  test('B2: a phone number is found, whichever way its plus is sent', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const encode = pick(phoneEncodings);
      const phones = several(() => pick(PHONES)).filter((phone, _, [first]) => phone[0] === first![0]);
      const within = ids(({ phone }) => phones.includes(phone));
      expect(await v2(form, { phone: { in: phones } }, encode), phones.join()).toEqual(within);
      expect(await v2(form, { phone: { in: `[${phones}]` } }, encode), phones.join()).toEqual(within);
      const without = ids(({ phone }) => !phones.includes(phone));
      expect(await v2(form, { ...ALL, phone: { nin: phones } }, encode), phones.join()).toEqual(without);
      const [phone = ''] = phones;
      const same = ids((user) => user.phone === phone);
      expect(await v2(form, { phone }, encode), phone).toEqual(same);
      for (const service of SERVICES) {
        expect(await v1(service, form, `string phone eq ${phone}`, encode), phone).toEqual(same);
        const list = [...phones, phone].join(pick([',', ', ']));
        expect(await v1(service, form, `string phone in ${list}`, encode), list).toEqual(within);
      }
    }
  });

  test('B3: times are compared exactly, whatever their precision and form', async () => {
    let between = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const encode = pick(encodings);
      const { time, text } = randomTime();
      const [operator, compare] = pick(Object.entries(COMPARISONS));
      const expected = ids(({ created }) => compare(created, time));
      expect(await v2(form, { ...ALL, created_at: { [operator]: text } }, encode), text).toEqual(expected);
      const same = ids(({ created }) => created === time);
      expect(await v2(form, { ...ALL, created_at: text }, encode), text).toEqual(same);
      for (const service of SERVICES) {
        const filter = `date created_at ${V1_NAMES[operator]} ${text}`;
        expect(await v1(service, form, filter, encode), filter).toEqual(expected);
        const ne = ids(({ created }) => created !== time);
        expect(await v1(service, form, `date created_at ne ${text}`, encode), text).toEqual(ne);
      }
      if (expected.length > 0 && expected.length < USERS.length) between++;
    }
    expect(between).toBeGreaterThan(ROUNDS / 3);
  });
});
