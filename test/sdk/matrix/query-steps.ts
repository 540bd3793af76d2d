import { refused, type Steps } from './step.ts';

/** Look-ups and lists, in both languages. */
export const QUERY_STEPS = {
  'a user by id': { run: ({ sdk, cast }) => sdk.find(cast.known.id), gives: ({ known }) => known.id },
  'a user by login': { run: ({ sdk, cast }) => sdk.find({ login: cast.known.login }), gives: ({ known }) => known.id },
  'a user by email': { run: ({ sdk, cast }) => sdk.find({ email: cast.known.email }), gives: ({ known }) => known.id },
  'a user by Facebook id': {
    run: ({ sdk, cast }) => sdk.find({ facebook_id: cast.known.facebook_id }),
    gives: ({ known }) => known.id,
  },
  'a user by Twitter id': {
    run: ({ sdk, cast }) => sdk.find({ twitter_id: cast.known.twitter_id }),
    gives: ({ known }) => known.id,
  },
  'a user by phone': {
    run: ({ sdk, cast }) => sdk.find({ phone: cast.known.phone }),
    gives: ({ known, phoneList }) => (phoneList ? [known.id] : known.id),
  },
  'a user by external id': {
    run: ({ sdk, cast }) => sdk.find({ external: cast.known.external }),
    gives: ({ known }) => known.id,
  },
  'users by full name': {
    run: ({ sdk, cast }) => sdk.find({ full_name: cast.known.full_name, page: 1, per_page: 5 }),
    gives: ({ known }) => [known.id],
  },
  'users by a tag': { run: ({ sdk, cast }) => sdk.find({ tags: cast.tags.one }), gives: ({ tags }) => tags.have },
  'users by several tags': {
    run: ({ sdk, cast }) => sdk.find({ tags: cast.tags.several }),
    gives: ({ tags }) => tags.match,
  },
  'a look-up of nobody': {
    run: ({ sdk }) => sdk.find({ login: 'stranger' }),
    gives: ({ errors }) => refused(errors.unknownUser),
  },

  'a list with a filter and an order': {
    run: ({ sdk, cast }) =>
      sdk.list({ filter: { field: 'id', param: 'in', value: cast.three }, order: { sort: 'desc', field: 'id' } }),
    gives: ({ three }) => [...three].reverse(),
  },
  'a page of it': {
    run: ({ sdk, cast }) => sdk.list({ filter: { field: 'id', param: 'in', value: cast.three }, page: 2, per_page: 2 }),
    gives: ({ three }) => three.slice(2),
  },
  'a list with two filters': {
    run: ({ sdk, cast }) =>
      sdk.list({
        filter: [
          { field: 'id', param: 'between', value: [cast.three[0], cast.three[2]] },
          { field: 'created_at', param: 'lt', value: cast.before.day },
        ],
        order: { sort: 'asc', field: 'id' },
      }),
    gives: ({ before }) => before.ids,
  },
  'V2: in': {
    run: ({ sdk, cast }) => sdk.listV2({ id: { in: cast.three.slice(1) }, sort_desc: 'id', limit: 10 }),
    gives: ({ three }) => [three[2], three[1]],
  },
  'V2: start_with, and a Date': {
    run: ({ sdk, cast }) =>
      sdk.listV2({ full_name: { start_with: cast.known.full_name }, created_at: { lt: new Date('2019-01-01') } }),
    gives: ({ known }) => [known.id],
  },
  'V2: a query that is not valid': {
    run: ({ sdk }) => sdk.listV2({ login: { nin: ['admin19'] } }),
    gives: () =>
      refused({
        code: 422,
        body: {
          errors: { base: ['Query need to contain at least one stand-alone field with primary operator'] },
        },
      }),
  },
} satisfies Steps;
