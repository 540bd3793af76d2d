import { createHash } from 'node:crypto';
import { fail } from '../model/errors.ts';
import { isProvider, type ProviderName } from '../model/providers.ts';
import type { User } from '../model/records.ts';
import { isObject, nonEmptyText } from '../support/values.ts';
import type { ApplicationContext, Params } from './context.ts';
import { readUpdate } from './user-input.ts';
import { addUser } from './users.ts';

interface Provider {
  /** The parameter that holds the token. */
  readonly token: string;
  /** The user field that the token proves. */
  readonly field: 'facebook_id' | 'twitter_id' | 'phone' | 'email';
  /** The token's own claim of that field, where it is a JSON web token. */
  readonly claim?: string;
}

const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  facebook: { token: 'keys[token]', field: 'facebook_id' },
  twitter: { token: 'keys[token]', field: 'twitter_id' },
  twitter_digits: { token: 'twitter_digits[X-Verify-Credentials-Authorization]', field: 'phone' },
  firebase_phone: { token: 'firebase_phone[access_token]', field: 'phone', claim: 'phone_number' },
  firebase_email: { token: 'firebase_email[access_token]', field: 'email', claim: 'email' },
};

/** Whether an application has this provider set up: the service offers it, and the setting `providers` names it. */
export function isSetUp({ rules, settings }: ApplicationContext, name: string): name is ProviderName {
  if (!isProvider(name) || !rules.providers[name]) return false;
  return settings.providers === 'all' || settings.providers.split(',').includes(name);
}

/**
 * The user whom a provider's token identifies, signed up at its first use. own: the emulator is offline, so it accepts any token:
 * the same token is the same user in every run, and a JSON web token names its user by its own claim, unverified.
 * @throws ApiError `provider_unknown`, `bad_authentication_data`, and those of a field that breaks its rules
 */
export function byProvider(context: ApplicationContext, name: string, params: Params): User {
  const { rules, users } = context;
  if (!isSetUp(context, name)) fail('provider_unknown', { provider: name });
  const provider = PROVIDERS[name];
  const required = rules.providers[name] ?? [];
  const missing = required.filter((param) => nested(params, param) === undefined);
  const token = nested(params, provider.token);
  if (missing.length > 0 || token === undefined) fail('bad_authentication_data', { names: missing.join("' and '") });
  const { field } = provider;
  const claimed = claimOf(token, provider.claim) ?? madeUp(field, `${name}:${token}`);
  const { changes } = readUpdate({ user: { [field]: claimed } }, context);
  const value = changes[field];
  return (value ? users.find(field, value) : undefined) ?? addUser(context, changes);
}

/** A plausible value of a field, always the same for the same text. */
function madeUp(field: Provider['field'], text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const digits = BigInt(`0x${hash}`).toString().slice(0, 15);
  if (field === 'phone') return `+${digits.slice(0, 11)}`;
  return field === 'email' ? `${digits}@example.com` : digits;
}

/** A claim of a JSON web token, unverified; undefined for tokens of other kinds. */
function claimOf(token: string, claim: string | undefined): string | undefined {
  if (claim === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const value = isObject(claims) ? claims[claim] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A parameter by its bracket name: `keys[token]`. */
function nested(params: Params, name: string): string | undefined {
  const [outer = name, inner] = name.split(/[[\]]/);
  const value = params[outer];
  if (inner === undefined) return nonEmptyText(value);
  return isObject(value) ? nonEmptyText(value[inner]) : undefined;
}
