import { PROVIDER_NAMES, type ProviderName } from '../model/providers.ts';
import type { Settings } from '../model/records.ts';
import { isObject } from '../support/values.ts';
import type { Answer, Probe } from './calls.ts';
import * as needs from './needs.ts';

/** Finds out how a setting is set. */
export interface SettingProbe extends Omit<Probe, 'of'> {
  readonly setting: keyof Settings;
  /** The provider that it is about, where the setting lists those that are set up. */
  readonly provider?: ProviderName;
  /** The value that the answer shows; undefined: it shows none. */
  readonly read: (answer: Answer) => boolean | number | undefined;
}

/** A setting that is on where the answer has one of the first statuses, and off where it has one of the others. */
const byStatus =
  (on: readonly number[], off: readonly number[]) =>
  ({ status }: Answer): boolean | undefined =>
    on.includes(status) ? true : off.includes(status) ? false : undefined;

/** The settings that can be seen from outside. Those of a dialect that ignores one keep their defaults. */
export const SETTING_PROBES: readonly SettingProbe[] = [
  {
    setting: 'disable_list_users_v1',
    as: 'app',
    call: () => ({ method: 'GET', path: '/users', params: { per_page: 1 } }),
    read: byStatus([403], [200]),
    readOnly: true,
  },
  {
    setting: 'disable_lookups_v1',
    as: 'app',
    call: ({ newName }) => ({ method: 'GET', path: '/users/by_login', params: { login: newName('nobody') } }),
    read: byStatus([403], [200, 404]),
    readOnly: true,
  },
  {
    setting: 'allow_online_users',
    as: 'app',
    call: () => ({ method: 'GET', path: '/users/online', params: { limit: 1 } }),
    needs: [needs.operation('users.online')],
    read: byStatus([200], [403]),
    readOnly: true,
  },
  {
    setting: 'reset_password_by_email',
    as: 'app',
    call: ({ newName }) => ({
      method: 'GET',
      path: '/users/password/reset',
      params: { email: `${newName('nobody')}@example.com` },
    }),
    read: byStatus([404], [422]),
    readOnly: true,
  },
  {
    setting: 'session_ttl',
    as: 'nobody',
    call: (world) => ({ method: 'POST', path: '/session', params: world.session() }),
    read: ({ headers }) => {
      const [, expiry = ''] = Object.entries(headers).find(([name]) => name.endsWith('-token-expirationdate')) ?? [];
      const seconds =
        (Date.parse(expiry.replace(' UTC', 'Z').replace(' ', 'T')) - Date.parse(headers.date ?? '')) / 1000;
      // both are printed in whole seconds, at slightly different times
      return seconds > 0 ? Math.round(seconds / 10) * 10 : undefined;
    },
    readOnly: true,
  },
  {
    setting: 'require_signature',
    as: 'nobody',
    call: (world) => ({ method: 'POST', path: '/session', params: world.unsignedSession() }),
    needs: [needs.SIGNED],
    read: byStatus([422], [201]),
    readOnly: true,
  },
  {
    setting: 'check_nonce',
    as: 'nobody',
    // the nonce of the first session
    call: (world) => ({ method: 'POST', path: '/session', params: world.session({ nonce: 1 }) }),
    needs: [needs.SIGNED],
    read: byStatus([422], [201]),
    readOnly: true,
  },
  {
    setting: 'create_user_on_session',
    as: 'nobody',
    call: (world) => ({
      method: 'POST',
      path: '/session',
      params: world.session({ user: { login: world.newName('set-session'), password: 'Conform-2026-x' } }),
    }),
    read: byStatus([201], [401, 404]),
  },
  {
    setting: 'password_min_length',
    as: 'app',
    call: ({ newName }) => ({
      method: 'POST',
      path: '/users',
      params: { user: { login: newName('set-short'), password: 'x' } },
    }),
    read: ({ body }) => {
      const errors = isObject(body) ? body.errors : undefined;
      const [, limit] = /(\d+)/.exec(String(isObject(errors) ? errors.password : '')) ?? [];
      return limit === undefined ? undefined : Number(limit);
    },
  },
  {
    setting: 'check_blob_id',
    as: 'app',
    call: ({ newName }) => ({
      method: 'POST',
      path: '/users',
      params: { user: { login: newName('set-blob'), password: 'Conform-2026-x', blob_id: 2_000_000_000 } },
    }),
    read: byStatus([422], [201]),
  },
  {
    setting: 'null_bodies',
    as: 'e',
    call: ({ users }) => ({ method: 'DELETE', path: `/users/${users.e.id}` }),
    read: ({ status, text }) => (status === 200 ? text.trim() === 'null' : undefined),
  },
  {
    setting: 'unique_phone',
    as: 'app',
    call: ({ newName, users }) => ({
      method: 'POST',
      path: '/users',
      params: { user: { login: newName('set-phone'), password: 'Conform-2026-x', phone: users.a.phone } },
    }),
    read: byStatus([422], [201]),
  },
  ...PROVIDER_NAMES.map(
    (provider): SettingProbe => ({
      setting: 'providers',
      provider,
      as: 'app',
      // log: a provider that isn't set up counts as none
      call: () => ({ method: 'POST', path: '/login', params: { provider } }),
      needs: [needs.offered(provider)],
      read: ({ text }) =>
        /authentication data/i.test(text) ? true : /\b(login|email)\b/i.test(text) ? false : undefined,
      readOnly: true,
    }),
  ),
];
