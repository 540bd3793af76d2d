import type { OperationName } from '../api/operation-names.ts';
import type { Dialect, Format } from '../dialects/dialect.ts';
import type { ProviderName } from '../model/providers.ts';
import type { Settings } from '../model/records.ts';
import type { Circumstances, Need } from './calls.ts';

const need = (otherwise: string, isMet: Need['isMet']): Need => ({ isMet, otherwise });

/** A need that a service meets or doesn't, whatever the application. */
export const service = (otherwise: string, isMet: (dialect: Dialect) => boolean): Need => ({
  isMet: ({ dialect }) => isMet(dialect),
  otherwise,
  ofService: true,
});

/** A setting that has to be on, or off. */
export const setting = (name: keyof Settings, value: boolean): Need =>
  need(`the application's ${name} is ${!value}`, ({ settings }) => settings[name] === value);

export const operation = (name: OperationName): Need =>
  service(`the service has no ${name}`, ({ missingOperations }) => !missingOperations.has(name));

export const format = (name: Format): Need => service(`the service has no ${name}`, ({ formats }) => name in formats);

/** A pattern of the service for a field, which refuses some values. */
export const pattern = (field: keyof Dialect['rules']['patterns']): Need =>
  service(`the service accepts any ${field}`, ({ rules }) => rules.patterns[field] !== undefined);

/** A field in which the service refuses a single character. */
export const minLength = (field: keyof Dialect['rules']['lengths']): Need =>
  service(`the service accepts any ${field}`, ({ rules }) => (rules.lengths[field]?.min ?? 0) > 1);

/** A provider that the service offers. */
export const offered = (name: ProviderName): Need =>
  service(`the service has no ${name}`, ({ rules }) => rules.providers[name] !== undefined);

export const isSetUp = (name: ProviderName): Need =>
  need(`the application has no ${name}`, ({ settings: { providers } }) => {
    return providers === 'all' || providers.split(',').includes(name);
  });

const hasLists = ({ settings }: Circumstances) => !settings.disable_list_users_v1 && settings.allow_list_users;
export const LISTS = need("the application's lists of users are disabled", hasLists);
export const NO_LISTS = need("the application's lists of users are enabled", (known) => !hasLists(known));
export const LOOKUPS = setting('disable_lookups_v1', false);
export const V2 = operation('users.list_v2');
export const SIGNED = need('it needs the secret in --app', ({ app }) => app.auth_secret !== null);
export const ACCOUNT_KEY = need('it needs --account-key', ({ app }) => app.account_key !== undefined);
export const AUTH_KEY_HEADER = service(
  'the service has no such header',
  ({ request }) => request.authKey !== undefined,
);
export const PHONE_FINDS_ONE = service('the service answers with a list', ({ rules }) => rules.phoneLookup === 'user');
export const PHONE_FINDS_SEVERAL = service(
  'the service answers with one user',
  ({ rules }) => rules.phoneLookup === 'page',
);
export const NONE_IS_ERROR = service(
  'the service answers with an empty page',
  ({ rules }) => rules.noneFound === 'error',
);
export const NONE_IS_EMPTY = service('the service answers with an error', ({ rules }) => rules.noneFound === 'empty');
export const USER_REQUIRED = service('the service treats it as an empty user', ({ rules }) => rules.userParamsRequired);
export const USER_OPTIONAL = service('the service requires a user', ({ rules }) => !rules.userParamsRequired);
export const GUESTS = service('the service has no guests', ({ rules }) => rules.guests);
export const NO_GUESTS = service('the service has guests', ({ rules }) => !rules.guests);

/** The first need that isn't met. */
export function unmetNeed(needs: readonly Need[] = [], circumstances: Circumstances): Need | undefined {
  return needs.find(({ isMet }) => !isMet(circumstances));
}
