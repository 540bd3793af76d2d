import { byLogin, refused, type Steps } from './step.ts';

/** Look-ups and lists, in both languages. */
export const QUERY_STEPS = {
  'a user by id': { run: ({ sdk, expected }) => sdk.find(expected.known.id), expects: ({ known }) => known.id },
  'a user by login': {
    run: ({ sdk, expected }) => sdk.find({ login: expected.known.login }),
    expects: ({ known }) => known.id,
  },
  'a user by email': {
    run: ({ sdk, expected }) => sdk.find({ email: expected.known.email }),
    expects: ({ known }) => known.id,
  },
  'a user by Facebook id': {
    run: ({ sdk, expected }) => sdk.find({ facebook_id: expected.known.facebook_id }),
    expects: ({ known }) => known.id,
  },
  'a user by Twitter id': {
    run: ({ sdk, expected }) => sdk.find({ twitter_id: expected.known.twitter_id }),
    expects: ({ known }) => known.id,
  },
  'a user by phone': {
    run: ({ sdk, expected }) => sdk.find({ phone: expected.known.phone }),
    expects: ({ known, phoneList }) => (phoneList ? [known.id] : known.id),
  },
  'a user by external id': {
    run: ({ sdk, expected }) => sdk.find({ external: expected.known.external }),
    expects: ({ known }) => known.id,
  },
  'users by full name': {
    run: ({ sdk, expected }) => sdk.find({ full_name: expected.known.full_name, page: 1, per_page: 5 }),
    expects: ({ known }) => [known.id],
  },
  'users by a tag': {
    run: ({ sdk, expected }) => sdk.find({ tags: expected.tags.one }),
    expects: ({ tags }) => tags.have,
  },
  'users by several tags': {
    run: ({ sdk, expected }) => sdk.find({ tags: expected.tags.several }),
    expects: ({ tags }) => tags.match,
  },
  'a look-up of an unknown user': {
    run: ({ sdk }) => sdk.find({ login: 'stranger' }),
    expects: ({ errors }) => refused(errors.unknownUser),
  },

  'a list with a filter and an order': {
    run: ({ sdk, expected }) =>
      sdk.list({ filter: { field: 'id', param: 'in', value: expected.three }, order: { sort: 'desc', field: 'id' } }),
    expects: ({ three }) => [...three].reverse(),
  },
  'a page of this list': {
    run: ({ sdk, expected }) =>
      sdk.list({ filter: { field: 'id', param: 'in', value: expected.three }, page: 2, per_page: 2 }),
    expects: ({ three }) => three.slice(2),
  },
  'a list with two filters': {
    run: ({ sdk, expected }) =>
      sdk.list({
        filter: [
          { field: 'id', param: 'between', value: [expected.three[0], expected.three[2]] },
          { field: 'created_at', param: 'lt', value: expected.before.day },
        ],
        order: { sort: 'asc', field: 'id' },
      }),
    expects: ({ before }) => before.ids,
  },
  'a search by a part of a name': {
    run: ({ sdk, expected }) =>
      sdk.list({ filter: { field: 'full_name', param: 'in', value: [expected.search.part] } }),
    expects: ({ search }) => search.found,
  },
  'everybody, by a search for an empty text': {
    run: async ({ sdk }) => {
      const filter = { field: 'full_name', param: 'in', value: [''] };
      const found = await sdk.list({ filter, per_page: 100 });
      return found.length > 0 && found.length === (await sdk.list({ per_page: 100 })).length;
    },
    expects: ({ search }) => search.emptyFindsAll,
  },
  'V2: in': {
    run: ({ sdk, expected }) => sdk.listV2({ id: { in: expected.three.slice(1) }, sort_desc: 'id', limit: 10 }),
    expects: ({ three }) => [three[2], three[1]],
  },
  'V2: start_with, and a Date': {
    run: ({ sdk, expected }) =>
      sdk.listV2({ full_name: { start_with: expected.known.full_name }, created_at: { lt: new Date('2019-01-01') } }),
    expects: ({ known }) => [known.id],
  },
  'V2: an invalid query': {
    run: ({ sdk }) => sdk.listV2({ login: { nin: ['admin19'] } }),
    expects: () =>
      refused({
        code: 422,
        body: {
          errors: { base: ['Query need to contain at least one stand-alone field with primary operator'] },
        },
      }),
  },
  'users who are online': {
    run: async ({ sdk, expected }) => {
      await sdk.createSession(byLogin(expected));
      const online = await sdk.online();
      return { known: online.includes(expected.known.id), counted: online.length === (await sdk.onlineCount()) };
    },
    expects: () => ({ known: true, counted: true }),
  },
  'the settings of the account': {
    run: ({ sdk }) => sdk.accountSettings(),
    expects: () => ['account_id', 'api_endpoint', 'chat_endpoint', 'turnserver_endpoint', 's3_bucket_name'],
  },
} satisfies Steps;
