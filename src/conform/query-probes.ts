import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Probe } from './calls.ts';
import { LISTS, NO_LISTS, NONE_IS_ERROR, operation, PHONE_FINDS_SEVERAL, setting, V2 } from './needs.ts';
import { error, get, type Params, READ } from './probe-rows.ts';

/** A query of the first list. */
const listed = (key: ErrorKey, params: Params) => error(key, () => get('/users', params), { ...READ, needs: [LISTS] });
/** A query of the second list. */
const queried = (key: ErrorKey, params: Params, variant?: string) =>
  error(key, () => get('/users/v2', params), { ...READ, needs: [V2], ...(variant !== undefined && { variant }) });

/** Errors of the lists and look-ups of several users. */
export const QUERY_PROBES: readonly Probe[] = [
  error('list_disabled', () => get('/users'), { ...READ, needs: [NO_LISTS] }),
  error('online_disabled', () => get('/users/online'), {
    ...READ,
    needs: [operation('users.online'), setting('allow_online_users', false)],
  }),
  error('no_users_found', ({ newName }) => get('/users/by_full_name', { full_name: newName('x') }), {
    ...READ,
    needs: [NONE_IS_ERROR],
  }),
  error('no_users_found', () => get('/users/phone', { phone: '10000000001' }), {
    ...READ,
    variant: 'an unknown phone',
    guess: 'by phone, too',
    needs: [NONE_IS_ERROR, PHONE_FINDS_SEVERAL],
  }),
  listed('filter_malformed', { 'filter[]': 'x' }),
  listed('filter_field', { 'filter[]': 'string ue_conform eq x' }),
  listed('filter_operator', { 'filter[]': 'number id conform 1' }),
  listed('filter_value', { 'filter[]': 'number id gt x' }),
  listed('order_malformed', { order: 'x' }),
  queried('query_stand_alone', { 'created_at[gt]': '2020-01-01T00:00:00Z' }),
  queried('query_compare', { 'login[gt]': 'x' }),
  queried('query_start_with', { 'full_name[start_with]': 'x' }),
  queried('query_field', { 'ue_conform[in][]': 'x' }),
  queried('query_operator', { 'id[conform]': '1' }),
  queried('query_value', { 'id[in][]': 'x' }),
  queried('query_page', { 'id[in][]': 1, limit: 'x' }),
  queried('query_page', { 'id[in][]': 1, limit: 0 }, 'limit=0'),
  queried('query_sort', { 'id[in][]': 1, sort_asc: 'ue_conform' }),
];
