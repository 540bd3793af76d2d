import { ApiError, fail, type Problem } from '../model/errors.ts';
import { passwordMatches, sameText } from '../model/passwords.ts';
import type { Application, Settings, User } from '../model/records.ts';
import { UPPER_HEX } from '../support/random.ts';
import { isObject, nonEmptyText, scalarText } from '../support/values.ts';
import type { ApplicationContext, Params, Rules } from './context.ts';
import { byProvider, isSetUp } from './providers.ts';
import { readSignUp, readUpdate } from './user-input.ts';
import { addUser, createUser } from './users.ts';

/** doc: auth, a guest's session is valid for one day, then the guest is deleted. */
const GUEST_LIFETIME = 86_400_000;

/**
 * The application that a new session is for, by its id and key.
 * @param app the application with the id, if there is one
 * @param settings of that application, or else its dialect's defaults
 * @throws ApiError `param_required` for each missing parameter (guess: in alphabetical order), `application_unknown`
 */
export function findApplication(
  app: Application | undefined,
  rules: Rules,
  settings: Settings,
  params: Params,
): Application {
  const required = settings.require_signature ? [...rules.sessionParams, 'signature'].sort() : rules.sessionParams;
  const problems: Problem[] = required
    // sdk: a Laravel application of the ancestor sends an empty nonce
    .filter((name) => (name === 'nonce' ? scalarText : nonEmptyText)(params[name]) === undefined)
    .map((field) => ({ key: 'param_required', params: { field } }));
  if (problems.length > 0) throw new ApiError(problems);
  return app && sameText(app.auth_key, String(params.auth_key)) ? app : fail('application_unknown');
}

/**
 * The user of a new session: the one with the credentials in `user[…]` or with a provider's token, or a new guest. With the
 * setting `create_user_on_session`, unknown credentials are signed up (doc: auth).
 * @returns null when the request names no user: the session is the application's
 * @throws ApiError `credentials_missing`, `param_required`, `wrong_password`, `login_unknown`, and those of a sign-up or provider
 */
export function identifyForSession(context: ApplicationContext, params: Params): User | null {
  const provider = nonEmptyText(params.provider);
  if (provider !== undefined) return byProvider(context, provider, params);
  const given = isObject(params.user) ? params.user : {};
  if (context.rules.guests && ['1', 'true'].includes(scalarText(given.guest) ?? '')) return addGuest(context, given);
  const credentials = readCredentials(given);
  if (!credentials) return given.password === undefined ? null : fail('credentials_missing');
  const user = findByCredentials(context, credentials);
  if (user) return user;
  if (!context.settings.create_user_on_session) fail('login_unknown');
  return createUser(context, readSignUp({ user: given }, context));
}

/**
 * The user who logs in with the credentials or the provider's token among a request's parameters.
 * @throws ApiError `credentials_missing`, `param_required`, `wrong_password`, `login_unknown`, and those of a provider
 */
export function identifyForLogin(context: ApplicationContext, params: Params): User {
  const provider = nonEmptyText(params.provider);
  // log: a provider that isn't set up counts as none
  if (provider !== undefined && isSetUp(context, provider)) return byProvider(context, provider, params);
  const credentials = readCredentials(params) ?? fail('credentials_missing');
  return findByCredentials(context, credentials) ?? fail('login_unknown');
}

interface Credentials {
  readonly field: 'login' | 'email';
  readonly value: string;
  readonly password: string;
}

/** Reads login or email, and the password. Where a request has both names, the login counts. @returns undefined when it has neither @throws ApiError `param_required` */
function readCredentials(given: Params): Credentials | undefined {
  for (const field of ['login', 'email'] as const) {
    // doc: legacy-users/user-sign-up, trailing blanks are trimmed: with the same blanks a login must find the same user
    const value = nonEmptyText(given[field])?.trimEnd();
    if (value)
      return {
        field,
        value,
        password: nonEmptyText(given.password) ?? fail('param_required', { field: 'password' }),
      };
  }
  return undefined;
}

/** The user with these credentials. @returns undefined when nobody has this login or email @throws ApiError `wrong_password` */
function findByCredentials({ users }: ApplicationContext, { field, value, password }: Credentials): User | undefined {
  const user = users.find(field, value);
  if (user && !passwordMatches(user.password_hash, password)) fail('wrong_password');
  return user;
}

/** doc: auth, a guest's login is `guest_login_` and 36 digits. */
function addGuest(context: ApplicationContext, given: Params): User {
  const { random, clock } = context;
  return addUser(context, {
    login: `guest_login_${random.token(UPPER_HEX, 36)}`,
    ...readUpdate({ user: { full_name: given.full_name } }, context).changes,
    guest_until: clock.now() + GUEST_LIFETIME,
  });
}
