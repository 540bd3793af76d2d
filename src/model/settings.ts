import { keysOf } from '../support/values.ts';
import type { ErrorKey } from './error-catalogue.ts';
import { doc, type Evidence, guess, log, own, sdk } from './evidence.ts';
import { MAX_PASSWORD_LENGTH } from './passwords.ts';
import { isProvider, PROVIDER_NAMES } from './providers.ts';
import type { Settings } from './records.ts';

interface SettingFacts {
  readonly type: 'boolean' | 'integer' | 'rate' | 'providers' | 'text';
  /** Of an integer: the greatest value, where it isn't MAX_INTEGER. */
  readonly max?: number;
  readonly effect: string;
  /** The answers that depend on it: successes of an operation, and errors, some only of one field (`error:taken:phone`). */
  readonly decides: readonly (`operation:${string}` | `error:${ErrorKey}` | `error:${ErrorKey}:${string}`)[];
  readonly evidence: readonly Evidence[];
}

/** The admin settings, by their names in the admin panel. The dialects have their defaults. */
export const SETTINGS: Readonly<Record<keyof Settings, SettingFacts>> = {
  disable_list_users_v1: {
    type: 'boolean',
    effect: '`GET /users` is forbidden',
    decides: ['operation:users.list', 'error:list_disabled'],
    evidence: [doc('users/retrieve-users-v1, "uncheck option DISABLE LIST USERS API V1"')],
  },
  allow_list_users: {
    type: 'boolean',
    effect: 'off: `GET /users` is forbidden',
    decides: ['error:list_disabled'],
    evidence: [doc("users/retrieve-users-v1, 'Allow to retrieve a list of users via API'")],
  },
  allow_online_users: {
    type: 'boolean',
    effect: 'off: `GET /users/online` is forbidden',
    decides: ['error:online_disabled'],
    evidence: [doc("users/retrieve-users-v1, the admin panel's 'Enable Online Users API'"), guess('on by default')],
  },
  create_user_on_session: {
    type: 'boolean',
    effect: 'a session for an unknown login or email creates that user',
    decides: ['operation:session.create', 'error:login_unknown'],
    evidence: [doc('auth, the current default'), log('flutter-samples#284, 2023, without it the answer is 404')],
  },
  reset_password_by_email: {
    type: 'boolean',
    effect: 'off: a password reset is an error',
    decides: ['error:password_reset_disabled'],
    evidence: [log('flutter-samples#371, 2024-12, switched off')],
  },
  password_min_length: {
    type: 'integer',
    max: MAX_PASSWORD_LENGTH,
    effect: 'the shortest password accepted',
    decides: ['error:too_short:password', 'error:password_missing'],
    evidence: [doc('legacy-users/user-sign-up, the password `Lena`'), sdk('the samples check it')],
  },
  session_ttl: {
    type: 'integer',
    effect: 'seconds until an unused session ends',
    decides: ['error:session_missing'],
    evidence: [doc('auth, two hours after the last request')],
  },
  require_signature: {
    type: 'boolean',
    effect: 'a session without signature is an error',
    decides: ['operation:session.create', 'error:param_required:signature'],
    evidence: [doc('legacy-auth, required'), sdk('JS from 4 sends none')],
  },
  check_nonce: {
    type: 'boolean',
    effect: 'a repeated nonce and timestamp is an error',
    decides: ['error:nonce_taken'],
    evidence: [doc('auth, no nonce twice with one timestamp')],
  },
  disable_lookups_v1: {
    type: 'boolean',
    effect: 'the look-ups of one user and `by_tags`, which the documents call V1, are forbidden',
    decides: ['error:list_disabled'],
    evidence: [
      doc('users/retrieve-users-v1, the picture of the admin panel: DISABLE LIST USERS API V1 covers them'),
      doc('users, off by default: the examples of the look-ups answer'),
    ],
  },
  check_blob_id: {
    type: 'boolean',
    effect: 'a `blob_id` is an error, because the emulator has no blobs',
    decides: ['error:blob_unknown'],
    evidence: [log('ios-sdk#693'), own('off by default, because the emulator has no blobs')],
  },
  unique_phone: {
    type: 'boolean',
    effect: 'a phone that another user has is an error',
    decides: ['error:taken:phone'],
    evidence: [
      sdk("the ancestor's q-consultation sample, from 2021"),
      doc('legacy-users/user-sign-up lists other fields'),
    ],
  },
  null_bodies: {
    type: 'boolean',
    effect: 'JSON answers to deletions of users and to password resets are `null`',
    decides: ['operation:users.destroy', 'operation:users.external.destroy', 'operation:users.password_reset'],
    evidence: [
      doc('legacy-users/delete-api-user-by-identifier, "Status: 200, null"'),
      log("the Ruby client's recorded answers of 2016, one blank"),
    ],
  },
  providers: {
    type: 'providers',
    effect: 'the identity providers that are set up: `all`, `none` or names such as `facebook,twitter`',
    decides: ['error:provider_unknown', 'error:credentials_missing'],
    evidence: [log('a login through a provider that is not set up')],
  },
  account_owner: {
    type: 'text',
    effect: 'the login of the user who owns the account and may change and delete all users; `none` for nobody',
    decides: ['operation:users.update', 'operation:users.destroy', 'operation:users.external.destroy'],
    evidence: [sdk('the server of the q-consultation sample is built on it')],
  },
  api_key: {
    type: 'text',
    effect:
      "calls with `Authorization: ApiKey <key>` have the rights of the account's owner, where the service has such keys; `none` for no key",
    decides: [],
    evidence: [doc('later-auth, from 2023')],
  },
  rate_limit: {
    type: 'rate',
    effect: '`n/seconds` requests per application, then 429; `off` for none',
    decides: ['error:too_many_requests'],
    evidence: [doc("help/378, the ancestor's 80 to 160 calls a second, by plan, then 429"), guess('the window')],
  },
};

/** About thirty years in seconds: later ends can't be written as dates. */
const MAX_INTEGER = 1_000_000_000;

export const SETTING_NAMES: readonly (keyof Settings)[] = keysOf(SETTINGS);

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(SETTINGS, name);
}

/**
 * Checks one setting and reads it from a text where needed (`"false"`, `"7200"`).
 * @returns the value, or a sentence that says what is wrong
 */
export function readSetting(name: string, given: unknown): { value: boolean | number | string } | { problem: string } {
  if (!isSetting(name)) return { problem: `unknown setting '${name}': use one of ${SETTING_NAMES.join(', ')}` };
  const { type, max = MAX_INTEGER } = SETTINGS[name];
  // String() fails for an object whose toString isn't a function
  const text = typeof given === 'object' ? JSON.stringify(given) : String(given);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return { value: text === 'true' };
    return { problem: `setting '${name}' is true or false, not '${text}'` };
  }
  if (type === 'integer') {
    const value = Number(text);
    if (text !== '' && Number.isSafeInteger(value) && value >= 1 && value <= max) return { value };
    return { problem: `setting '${name}' is a whole number from 1 to ${max}, not '${text}'` };
  }
  if (type === 'text') {
    if (typeof given === 'string' && text !== '') return { value: text };
    return { problem: `setting '${name}' is a text, or 'none'` };
  }
  if (type === 'providers') {
    const unknown = ['all', 'none'].includes(text) ? [] : text.split(',').filter((each) => !isProvider(each));
    if (unknown.length === 0) return { value: text };
    return { problem: `setting '${name}' is 'all', 'none' or some of ${PROVIDER_NAMES.join(',')}, not '${text}'` };
  }
  if (text === 'off' || readRate(text)) return { value: text };
  return { problem: `setting '${name}' is 'off' or 'requests/seconds' such as 10/1, not '${text}'` };
}

/** The parts of a `rate_limit`; undefined when it is off. */
export function readRate(text: string): { requests: number; seconds: number } | undefined {
  const parts = /^([1-9]\d{0,8})\/([1-9]\d{0,5})$/.exec(text);
  return parts ? { requests: Number(parts[1]), seconds: Number(parts[2]) } : undefined;
}
