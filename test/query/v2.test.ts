import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { CUBE } from '../support/services.ts';
import { ALL, type ListV2, listV2, populated } from './population.ts';

let emulator: Emulator;
let list: ListV2;
beforeAll(async () => {
  const made = await populated();
  emulator = made.emulator;
  list = listV2(emulator, made.tokens.get(CUBE)!);
});
afterAll(() => emulator.close());

describe('fields with their operators', () => {
  test.each<[string, number[]]>([
    // doc: primary operators, on each stand-alone field
    ['id=101', [101]],
    ['id[eq]=101', [101]],
    ['id[in][]=101&id[in][]=103', [101, 103]],
    ['login=smith1', [101]],
    ['login[eq]=smith1', [101]],
    ['login[in][]=smith1&login[in][]=admin19', [101, 106]],
    ['login[start_with]=smith', [101, 102, 103]],
    ['email=birch@example.com', [102]],
    ['email[in][]=birch@example.com&email[in][]=cedar@example.com', [102, 103]],
    ['email[start_with]=dogw', [104]],
    ['full_name=Hunter%20Alder', [101]],
    ['full_name[in][]=Hunter+Alder&full_name[in][]=Cedar+Hunter', [101, 103]],
    ['full_name[start_with]=hunt', [101, 102, 104]],
    ['full_name[start_with]=hunter', [101, 102]],
    ['phone=%2B6754987345567', [102]],
    ['phone[in][]=%2B6754987345566&phone[in][]=6754987345566', [101, 103]],
    ['phone[start_with]=%2B675', [101, 102]],
    ['phone[start_with]=6754', [103]],
    ['external_id=ext-102', [102]],
    ['external_id[in][]=ext-102&external_id[in][]=nobody', [102]],
    ['external_id[start_with]=ext-', [101, 102, 103]],
    ['facebook_id=502', [102]],
    ['facebook_id[in][]=501&facebook_id[in][]=1000', [101, 104]],
    ['facebook_id[start_with]=1000', [104]],
    ['twitter_id=603', [103]],
    ['twitter_id[in][]=601&twitter_id[in][]=602', [101, 102]],
    ['twitter_id[start_with]=6010', []],
    ['user_tags=vip', [101, 103]],
    ['user_tags[in][]=vip&user_tags[in][]=VIP', [101, 103, 107]],
    ['user_tags[start_with]=gues', [101, 102]],
    // doc: the excluding operator, beside a primary one; users without a value are not excluded
    [`${ALL}&id[nin][]=101&id[nin][]=107`, [102, 103, 104, 105, 106]],
    [`${ALL}&login[nin][]=smith1`, [102, 103, 104, 105, 106, 107]],
    [`${ALL}&email[nin][]=birch@example.com`, [101, 103, 104, 105, 106, 107]],
    [`${ALL}&full_name[nin][]=Hunter+Alder&full_name[nin][]=hunter+Birch`, [103, 104, 105, 106, 107]],
    [`${ALL}&phone[nin][]=6754987345566`, [101, 102, 104, 105, 106, 107]],
    [`${ALL}&external_id[nin][]=ext-101`, [102, 103, 104, 105, 106, 107]],
    [`${ALL}&facebook_id[nin][]=501`, [102, 103, 104, 105, 106, 107]],
    [`${ALL}&twitter_id[nin][]=601`, [102, 103, 104, 105, 106, 107]],
    [`${ALL}&user_tags[nin][]=vip`, [102, 104, 105, 106, 107]],
    [`${ALL}&last_request_at[nin][]=2018-12-06T09:21:41Z`, [101, 102, 104, 105, 106, 107]],
    // doc: comparing operators, on the additional fields; users without a value match no comparison
    [`${ALL}&created_at[gt]=2018-12-06T23:59:59Z`, [104, 105, 106, 107]],
    [`${ALL}&created_at[gte]=2018-12-06T23:59:59Z`, [103, 104, 105, 106, 107]],
    [`${ALL}&created_at[lt]=2018-12-06T00:00:00Z`, [101]],
    [`${ALL}&created_at[lte]=2018-12-06T00:00:00Z`, [101, 102]],
    [`${ALL}&created_at=2020-11-09T08:21:41Z`, [105]],
    [`${ALL}&updated_at[gt]=2019-01-02T00:00:00Z`, [104, 105, 106, 107]],
    [`${ALL}&updated_at[gte]=2019-01-02T00:00:00Z`, [103, 104, 105, 106, 107]],
    [`${ALL}&updated_at[lt]=2019-01-02T00:00:00Z`, [101, 102]],
    [`${ALL}&updated_at[lte]=2019-01-02T00:00:00Z`, [101, 102, 103]],
    [`${ALL}&updated_at[eq]=2019-01-02T00:00:00Z`, [103]],
    [`${ALL}&last_request_at[gt]=2018-12-06T09:21:41Z`, [104, 105, 106, 107]],
    [`${ALL}&last_request_at[gte]=2018-12-06T09:21:41Z`, [103, 104, 105, 106, 107]],
    [`${ALL}&last_request_at[lt]=2018-12-06T09:21:41Z`, [102]],
    [`${ALL}&last_request_at[lte]=2018-12-06T09:21:41Z`, [102, 103]],
    [`${ALL}&last_request_at[in][]=2018-12-06T09:21:41Z&last_request_at[in][]=1690886494`, [103, 106]],
    [`${ALL}&created_at[gt]=2018-12-06T00:00:00Z&created_at[lt]=2018-12-07T00:00:00Z`, [103]],
    // every condition must match
    ['login=smith1&phone=6754987345566', []],
    ['login[start_with]=smit&user_tags=vip&id[nin][]=101', [103]],
    // guess: addresses are compared without case, logins with it
    ['email=ALDER@example.com', [101]],
    ['login=SMITH1', []],
    ['login[start_with]=SMITH', [101, 102, 103]],
  ])('%s', async (query, ids) => {
    expect((await list(query)).ids).toEqual(ids);
  });
});

describe('valid queries', () => {
  test.each([
    // doc: the seven valid examples
    'id=51946',
    'id[in][]=51946&id[in][]=51943&last_request_at[gt]=2018-12-06T09:21:41Z',
    'user_tags=guest',
    'user_tags=guest&created_at[lt]=1690886495',
    'login=smith1&phone=6754987345566&user_tags[nin][]=vip&updated_at[lte]=2018-12-06T09:21:41Z',
    'phone=6754987345566&last_request_at=2020-11-09T08:21:41Z',
    'full_name[start_with]=hunter&id[nin][]=68647',
    'login[start_with]=vip1',
  ])('%s is valid', async (query) => {
    expect((await list(query)).status).toBe(200);
  });

  test.each<[string, RegExp]>([
    // doc: the five invalid examples
    ['login[nin][]=admin19', /stand-alone field with primary operator/],
    ['user_tags[nin][]=guest', /stand-alone field with primary operator/],
    ['last_request_at=2017-07-06T11:21:41Z', /stand-alone field with primary operator/],
    ['created_at[gte]=2019-11-06T09:21:41Z', /stand-alone field with primary operator/],
    ['login[start_with]=vip', /minimum argument length/],
    ['login[start_with]=%F0%9F%98%80%F0%9F%98%80', /minimum argument length/], // two characters
    ['', /stand-alone field with primary operator/],
    ['limit=10&sort_asc=id', /stand-alone field with primary operator/],
    [`${ALL}&full_name[start_with]=hun`, /minimum argument length/],
    // doc: stand-alone fields can't be compared
    ...['id', 'login', 'email', 'full_name', 'phone', 'external_id', 'facebook_id', 'twitter_id', 'user_tags'].flatMap(
      (field) =>
        ['gt', 'lt', 'gte', 'lte'].map((op): [string, RegExp] => [`id=101&${field}[${op}]=1`, /compare operators/]),
    ),
    // fields outside the table
    ...['website', 'custom_data', 'avatar', 'blob_id', 'external_user_id', 'timezone', 'password', 'nonsense'].map(
      (field): [string, RegExp] => [`id=101&${field}=1`, new RegExp(`Unknown field: ${field}`)],
    ),
    // operators outside the table
    ...['ne', 'all', 'or', 'ctn', 'between', 'GT', 'nonsense'].map((op): [string, RegExp] => [
      `id=101&login[${op}]=1`,
      new RegExp(`Unknown operator for login: ${op}`),
    ]),
    ['id=101&created_at[start_with]=2018', /Unknown operator for created_at: start_with/],
    ['id[start_with]=1010', /Unknown operator for id: start_with/],
    ['id[in][a]=101', /Unknown operator for id: a/],
    // values of another type than the field's
    ['id=abc', /'abc' is not a number/],
    ['id=', /'' is not a number/],
    ['id[in][]=101&id[in][]=1.5', /'1.5' is not a number/],
    ['id=101&created_at[gt]=yesterday', /'yesterday' is not a date/],
    ['id=101&created_at[gt]=vip%201', /'vip 1' is not a date/],
    ['id=101&created_at[gt]=2018-13-01', /'2018-13-01' is not a date/],
    ['id=101&created_at[gt]=', /'' is not a date/],
  ])('%s is invalid', async (query, text) => {
    const { status, body } = await list(query);
    expect(status).toBe(422);
    expect(body.errors.base[0]).toMatch(text);
  });
});
