import type { Settings } from './records.ts';

interface SettingFacts {
  readonly type: 'boolean' | 'integer' | 'rate';
  readonly effect: string;
  readonly evidence: string;
}

/** The admin settings: names as in the admin panel. Their defaults belong to the dialects. */
export const SETTINGS: Readonly<Record<keyof Settings, SettingFacts>> = {
  disable_list_users_v1: {
    type: 'boolean',
    effect: '`GET /users` is forbidden',
    evidence: 'doc: "uncheck option DISABLE LIST USERS API V1"',
  },
  allow_list_users: {
    type: 'boolean',
    effect: 'off: `GET /users` is forbidden',
    evidence: "doc: 'Allow to retrieve a list of users via API'",
  },
  create_user_on_session: {
    type: 'boolean',
    effect: 'a session for an unknown login or email creates that user',
    evidence: 'doc of the auth page: the current default; log: others answer 404',
  },
  reset_password_by_email: {
    type: 'boolean',
    effect: 'off: a password reset is an error',
    evidence: 'log: 422 when switched off',
  },
  password_min_length: {
    type: 'integer',
    effect: 'the shortest password accepted',
    evidence: "sdk: samples check it; doc: `Lena`'s",
  },
  session_ttl: {
    type: 'integer',
    effect: 'seconds until an unused session ends',
    evidence: 'doc of the auth page: two hours after the last request',
  },
  require_signature: {
    type: 'boolean',
    effect: 'a session without signature is an error',
    evidence: 'sdk: current ones send none',
  },
  check_nonce: {
    type: 'boolean',
    effect: 'a repeated nonce and timestamp is an error',
    evidence: 'doc of the auth page',
  },
  rate_limit: {
    type: 'rate',
    effect: '`n/seconds` requests per application, then 429; `off` for none',
    evidence: 'guess: no numbers published',
  },
};

/** In seconds about thirty years: what ends later than dates go can't be written. */
const MOST = 1_000_000_000;

export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof Settings)[];

/**
 * Checks one setting and reads it from a text where needed (`"false"`, `"7200"`).
 * @returns the value, or a sentence that says what is wrong
 */
export function readSetting(name: string, given: unknown): { value: boolean | number | string } | { problem: string } {
  const type = Object.hasOwn(SETTINGS, name) ? SETTINGS[name as keyof Settings].type : undefined;
  if (!type) return { problem: `unknown setting '${name}': use one of ${SETTING_NAMES.join(', ')}` };
  // what is an object may not be able to say what it is as a text
  const text = typeof given === 'object' ? JSON.stringify(given) : String(given);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return { value: text === 'true' };
    return { problem: `setting '${name}' is true or false, not '${text}'` };
  }
  if (type === 'integer') {
    const value = Number(text);
    if (text !== '' && Number.isSafeInteger(value) && value >= 1 && value <= MOST) return { value };
    return { problem: `setting '${name}' is a whole number from 1 to ${MOST}, not '${text}'` };
  }
  if (text === 'off' || readRate(text)) return { value: text };
  return { problem: `setting '${name}' is 'off' or 'requests/seconds' such as 10/1, not '${text}'` };
}

/** The parts of a `rate_limit`; undefined when it is off. */
export function readRate(text: string): { requests: number; seconds: number } | undefined {
  const parts = /^([1-9]\d{0,8})\/([1-9]\d{0,5})$/.exec(text);
  return parts ? { requests: Number(parts[1]), seconds: Number(parts[2]) } : undefined;
}
