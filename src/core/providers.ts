import { createHash } from 'node:crypto';
import { fail } from '../model/errors.ts';
import type { User } from '../model/records.ts';
import { isObject, nonEmptyText } from '../support/values.ts';
import type { Context, Params } from './context.ts';
import { readUpdate } from './user-input.ts';
import { addUser } from './users.ts';

/** Where each provider's token is among the parameters, which of the user's fields it proves, and the token's claim for it. */
const PROVIDERS: Readonly<
  Record<
    string,
    {
      readonly field: 'facebook_id' | 'twitter_id' | 'phone' | 'email';
      readonly token: string;
      readonly claim?: string;
    }
  >
> = {
  facebook: { field: 'facebook_id', token: 'keys[token]' },
  twitter: { field: 'twitter_id', token: 'keys[token]' },
  twitter_digits: { field: 'phone', token: 'twitter_digits[X-Verify-Credentials-Authorization]' },
  firebase_phone: { field: 'phone', token: 'firebase_phone[access_token]', claim: 'phone_number' },
  firebase_email: { field: 'email', token: 'firebase_email[access_token]', claim: 'email' },
};

/** Offline, any token is taken: the same token is the same user in every run; a JWT's own claim says who it is (guess). */
export function byProvider(context: Context, params: Params): User {
  const provider = nonEmptyText(params.provider)!;
  const { rules, users } = context;
  const facts = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  const needed = Object.hasOwn(rules.providers, provider) ? rules.providers[provider] : undefined;
  if (!facts || !needed) fail('provider_unknown', { provider });
  const missing = needed.filter((name) => nested(params, name) === undefined);
  if (missing.length > 0) fail('bad_authentication_data', { names: missing.join("' and '") });
  const token = nested(params, facts.token)!;
  const digits = BigInt(`0x${createHash('sha256').update(`${provider}:${token}`).digest('hex')}`)
    .toString()
    .slice(0, 15);
  const derived =
    facts.field === 'phone' ? `+${digits.slice(0, 11)}` : facts.field === 'email' ? `${digits}@example.com` : digits;
  const claimed = claimOf(token, facts.claim) ?? derived;
  const { changes } = readUpdate({ user: { [facts.field]: claimed } }, context);
  const value = changes[facts.field]!;
  return users.find(facts.field, value) ?? addUser(context, changes);
}

/** A claim of a JSON web token, unverified; undefined for tokens of other kinds. */
function claimOf(token: string, claim: string | undefined): string | undefined {
  try {
    const value = claim && JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())[claim];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A parameter by its bracket name: `keys[token]`. */
function nested(params: Params, name: string): string | undefined {
  const [outer, inner] = name.split(/[[\]]/) as [string, string | undefined];
  const value = params[outer];
  if (inner === undefined) return nonEmptyText(value);
  return isObject(value) ? nonEmptyText(value[inner]) : undefined;
}
