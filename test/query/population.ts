import { createEmulator, type Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';
import { BLOX, CUBE, type Service } from '../support/services.ts';

/** Users chosen so that every condition of the rows matches some of them. Their ids are 101 to 107. */
const USERS = [
  {
    id: 101,
    login: 'smith1',
    email: 'Alder@Example.com',
    full_name: 'Hunter Alder',
    phone: '+6754987345566',
    website: 'http://alder.example',
    custom_data: 'none',
    external_user_id: 5,
    external_id: 'ext-101',
    facebook_id: '501',
    twitter_id: '601',
    timezone: 120,
    blob_id: 9,
    avatar: 'alder.png',
    user_tags: 'guest,vip',
    created_at: '2017-07-06T11:21:41Z',
    updated_at: '2018-12-06T09:21:41Z',
  },
  {
    id: 102,
    login: 'smith2',
    email: 'birch@example.com',
    full_name: 'hunter Birch',
    phone: '+6754987345567',
    website: 'http://birch.example',
    external_user_id: 40,
    external_id: 'ext-102',
    facebook_id: '502',
    twitter_id: '602',
    timezone: 0,
    user_tags: 'guest',
    created_at: '2018-12-06T00:00:00Z',
    updated_at: '2019-01-01T00:00:00Z',
    last_request_at: '2018-12-06T09:21:40Z',
  },
  {
    id: 103,
    login: 'Smithy',
    email: 'cedar@example.com',
    full_name: 'Cedar Hunter',
    phone: '6754987345566',
    external_user_id: 300,
    external_id: 'ext-103',
    facebook_id: '503',
    twitter_id: '603',
    timezone: -300,
    user_tags: 'vip',
    created_at: '2018-12-06T23:59:59Z',
    updated_at: '2019-01-02T00:00:00Z',
    last_request_at: '2018-12-06T09:21:41Z',
  },
  {
    id: 104,
    email: 'dogwood@example.com',
    full_name: 'Huntsman, Dogwood',
    facebook_id: '1000',
    created_at: '2018-12-07T00:00:00Z',
    updated_at: '2019-01-03T00:00:00Z',
    last_request_at: '2018-12-06T09:21:42Z',
  },
  {
    id: 105,
    login: 'x y',
    full_name: 'Elm 100% [old] & more',
    external_id: 'ext 105',
    created_at: '2020-11-09T08:21:41Z',
    updated_at: '2020-11-09T08:21:41Z',
    last_request_at: '2020-11-09T08:21:41Z',
  },
  {
    id: 106,
    login: 'admin19',
    created_at: '2023-08-01T10:41:34Z',
    updated_at: '2023-08-01T10:41:34Z',
    last_request_at: '2023-08-01T10:41:34Z',
  },
  {
    id: 107,
    login: 'vip',
    full_name: 'Żółw',
    user_tags: 'VIP',
    created_at: '2023-08-01T10:41:36Z',
    updated_at: '2023-08-01T10:41:36Z',
    last_request_at: '2023-08-01T10:41:36Z',
  },
];

export const EVERYONE = USERS.map(({ id }) => id);

/** An emulator with these users in an application of each service (the second's have an owner), and tokens of the applications. */
export async function populated(): Promise<{ emulator: Emulator; tokens: ReadonlyMap<Service, string> }> {
  const emulator = await createEmulator({ settings: { disable_list_users_v1: false } });
  const application = ({ name, app }: Service) => ({ ...app, dialect: name, owner_id: 7, users: USERS });
  await emulator.import({ applications: [CUBE, BLOX].map(application) });
  await emulator.settings.set({ disable_list_users_v1: false });
  const tokens = new Map<Service, string>();
  for (const service of [CUBE, BLOX])
    tokens.set(service, (await emulator.sessions.create({ app: service.app.id, user: null })).token);
  return { emulator, tokens };
}

/** A V2 query for all of them: combined with conditions that can't stand alone. */
export const ALL = EVERYONE.map((id) => `id[in][]=${id}`).join('&');

/** `query` is sent as written. */
export type ListV2 = (query: string) => Promise<{
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a list, or an error
  readonly body: any;
  /** The users found, in order, or the body if it is not a list. */
  readonly ids: unknown;
}>;

export function listV2(emulator: Emulator, token: string): ListV2 {
  return async (query) => {
    const headers = { 'CB-Token': token };
    const { status, text } = await rawRequest(emulator.url, { method: 'GET', path: `/users/v2?${query}`, headers });
    const body = JSON.parse(text);
    return { status, body, ids: body.items?.map(({ id }: { id: number }) => id) ?? body };
  };
}
