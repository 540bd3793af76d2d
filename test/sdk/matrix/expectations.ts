/** Users of the built-in seed and each service's errors, from the services' documents and logs. */
export interface Expectations {
  readonly credentials: { readonly appId: number; readonly authKey: string; readonly authSecret: string };
  readonly tokenLength: number;
  readonly known: {
    readonly id: number;
    readonly login: string;
    readonly password: string;
    readonly email: string;
    readonly full_name: string;
    readonly facebook_id: string;
    readonly twitter_id: string;
    readonly phone: string;
    readonly external: number;
  };
  /** The look-up by phone answers with a list. */
  readonly phoneList: boolean;
  /** One tag, several tags, and the users found by each. */
  readonly tags: {
    readonly one: string;
    readonly have: number[];
    readonly several: string[];
    readonly match: number[];
  };
  /** Three users, by id. */
  readonly three: [number, number, number];
  /** Those among the three who signed up before a day. */
  readonly before: { readonly day: string; readonly ids: number[] };
  /** sdk: the samples' search box. QuickBlox finds parts of names, and everybody by an empty text; ConnectyCube exact values. */
  readonly search: { readonly part: string; readonly found: number[]; readonly emptyFindsAll: boolean };
  /** The separator of tags in an answer. */
  readonly comma: string;
  /** How clients recognize that a login is taken. */
  readonly isTaken: (body: unknown) => boolean;
  readonly errors: Readonly<Record<ErrorName, { readonly code: number; readonly body: unknown }>>;
}

type ErrorName =
  | 'noToken'
  | 'noSession'
  | 'needUser'
  | 'wrongPassword'
  | 'unknownLogin'
  | 'unknownUser'
  | 'taken'
  | 'emailTaken'
  | 'noPassword'
  | 'oldPassword';

const refused = (code: number, body: unknown) => ({ code, body });
const errorsOf = (body: unknown) => (body as { errors: Readonly<Record<string, readonly string[]>> }).errors;
const NO_TOKEN = { errors: ['Token is required'] };
const NO_SESSION = refused(401, { errors: { base: ['Required session does not exist'] } });
const NEED_USER = { errors: { base: ['Forbidden. Need user.'] } };

export const EXPECTATIONS: Readonly<Record<'connectycube' | 'quickblox', Expectations>> = {
  connectycube: {
    credentials: { appId: 230, authKey: '29WfrNWdvkhmX6V', authSecret: 'users-emulator-secret' },
    tokenLength: 36,
    known: {
      id: 51941,
      login: 'Dacia',
      password: 'petU4or!',
      email: 'dacia_k@domain.com',
      full_name: 'Dacia Kail',
      facebook_id: '91234409',
      twitter_id: '83510562734',
      phone: '+6110797757',
      external: 52691165,
    },
    phoneList: false,
    // "At least one specified tag must match"
    tags: { one: 'accountant', have: [51943, 51946], several: ['vip', 'accountant'], match: [51943, 51946] },
    three: [51941, 51943, 51946],
    before: { day: '2018-12-07', ids: [51941, 51943, 51946] },
    search: { part: 'aCi', found: [], emptyFindsAll: false },
    comma: ',',
    isTaken: (body) => errorsOf(body).base?.includes('login must be unique') ?? false,
    errors: {
      noToken: refused(403, NO_TOKEN),
      noSession: NO_SESSION,
      needUser: refused(403, NEED_USER),
      wrongPassword: refused(401, { errors: ['Invalid password'] }),
      unknownLogin: refused(404, { errors: ['User not found'] }),
      unknownUser: refused(404, { errors: ['User not found'] }),
      taken: refused(422, { errors: { base: ['login must be unique'] } }),
      emailTaken: refused(422, { errors: { base: ['email must be unique'] } }),
      noPassword: refused(422, { errors: { password: ['cannot be blank'] } }),
      oldPassword: refused(422, { errors: { base: ['old_password is incorrect'] } }),
    },
  },
  quickblox: {
    credentials: { appId: 22, authKey: 'wJHd4cQSxpQGWx5', authSecret: 'users-emulator-secret' },
    tokenLength: 40,
    known: {
      id: 87,
      login: 'Kitty',
      password: 'KittyPass1!',
      email: 'john@domain.com',
      full_name: 'John Partizan',
      facebook_id: '1346987743',
      twitter_id: '545878645453',
      phone: '7665891',
      external: 158,
    },
    phoneList: true,
    // all of them must match
    tags: { one: 'volume', have: [781, 1326], several: ['type', 'name'], match: [1326, 1635] },
    three: [781, 1326, 1639],
    before: { day: '2012-05-01', ids: [1326] },
    search: { part: 'PARTI', found: [87], emptyFindsAll: true },
    comma: ', ',
    isTaken: (body) => errorsOf(body).login?.includes('has already been taken') ?? false,
    errors: {
      noToken: refused(401, NO_TOKEN),
      noSession: NO_SESSION,
      needUser: refused(422, NEED_USER),
      wrongPassword: refused(401, { errors: ['Unauthorized'] }),
      unknownLogin: refused(401, { errors: ['Unauthorized'] }),
      unknownUser: refused(404, { code: null, message: "Couldn't find user" }),
      taken: refused(422, { errors: { login: ['has already been taken'] } }),
      emailTaken: refused(422, { errors: { email: ['has already been taken'] } }),
      noPassword: refused(422, {
        errors: {
          password: [
            'should contain alphanumeric and punctuation characters only',
            'is too short (minimum is 4 characters)',
          ],
        },
      }),
      oldPassword: refused(422, { errors: { base: ['Incorrect old password provided'] } }),
    },
  },
};
