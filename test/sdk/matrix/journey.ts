import type { Sdk, Session } from './adapters.ts';
import type { Cast } from './casts.ts';

/** What the steps work with. */
export interface Stage {
  readonly sdk: Sdk;
  readonly cast: Cast;
  /** Calls the control plane of the sandbox. */
  readonly control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<Record<string, unknown>>;
}

interface Step {
  readonly run: (stage: Stage) => Promise<unknown>;
  /** What `run` answers, or `refused` with what the service says. */
  readonly gives: (cast: Cast) => unknown;
}

const refused = (refusal: { readonly code: number; readonly body: unknown }) => ({ refused: refusal });
const seen = (session: Session) => ({
  application: Number(session.application_id),
  user: session.user_id || null,
  token: session.token.length,
});
const ofApplication = (cast: Cast) => ({ application: cast.credentials.appId, user: null, token: cast.tokenLength });
const ofKnown = (cast: Cast) => ({ ...ofApplication(cast), user: cast.known.id });
const byLogin = ({ known }: Cast) => ({ login: known.login, password: known.password });
const byEmail = ({ known }: Cast) => ({ email: known.email, password: known.password });

const NEW = { login: 'mia', password: 'secret-mia7' };
const CHANGED = 'changed-mia8';
const LATER = { by: '2h1m' };

/** Signs the new user in. */
const asNew = async ({ sdk }: Stage, password = NEW.password) => {
  sdk.begin();
  return { id: Number((await sdk.createSession({ login: NEW.login, password })).user_id) };
};

/** The journey: each step goes on from where the one before it ended. */
const JOURNEY = {
  // without a session
  'a sign-up without a session': {
    run: async ({ sdk }) => (await sdk.signUp({ login: 'noa', password: 'secret-noa7' })).login,
    gives: () => 'noa',
  },
  'a call without a session': {
    run: ({ sdk }) => sdk.getSession(),
    gives: ({ errors }) => refused(errors.noToken),
  },

  // sessions
  'a session of the application': {
    run: async ({ sdk }) => seen(await sdk.createSession()),
    gives: ofApplication,
  },
  'a session signed with SHA-256': {
    run: async ({ sdk }) => {
      sdk.begin({ hash: 'sha256' });
      const session = await sdk.createSession();
      const hash = sdk.hash();
      sdk.begin();
      return { hash, ...seen(session) };
    },
    gives: (cast) => ({ hash: 'sha256', ...ofApplication(cast) }),
  },
  'a session by login': {
    run: async ({ sdk, cast }) => seen(await sdk.createSession(byLogin(cast))),
    gives: ofKnown,
  },
  'a session by email': {
    run: async ({ sdk, cast }) => seen(await sdk.createSession(byEmail(cast))),
    gives: ofKnown,
  },
  'the session shown': {
    run: async ({ sdk }) => seen(await sdk.getSession()),
    gives: ofKnown,
  },
  'a session with a wrong password': {
    run: ({ sdk, cast }) => sdk.createSession({ ...byLogin(cast), password: 'wrong-one' }),
    gives: ({ errors }) => refused(errors.wrongPassword),
  },
  'a guest': {
    run: async ({ sdk }) => {
      const { user } = await sdk.createSession({ guest: '1', full_name: 'Awesome Smith' });
      return { name: user?.full_name, guest: user?.is_guest };
    },
    gives: () => ({ name: 'Awesome Smith', guest: true }),
  },
  'a session through Facebook': {
    run: async ({ sdk }) => {
      const params = { provider: 'facebook', keys: { token: 'AM46dx' } };
      const first = await sdk.createSession(params);
      const second = await sdk.createSession(params);
      return {
        sameUser: second.user_id === first.user_id && second.user_id! > 0,
        newToken: second.token !== first.token,
      };
    },
    gives: () => ({ sameUser: true, newToken: true }),
  },
  'a session through Firebase': {
    run: async ({ sdk }) => {
      const { user } = await sdk.createSession({
        provider: 'firebase_phone',
        firebase_phone: { project_id: 'p', access_token: 'tok' },
      });
      return typeof user?.phone;
    },
    gives: () => 'string',
  },
  'a session from elsewhere, by its token': {
    run: async ({ sdk, cast, control }) => {
      const { token } = await control('POST', '/sessions', { user: cast.known.login, app: cast.credentials.appId });
      sdk.begin({ token: token as string });
      return seen(await sdk.getSession());
    },
    gives: ofKnown,
  },

  // login
  'login by login': {
    run: async ({ sdk, cast }) => {
      sdk.begin();
      await sdk.createSession();
      const { id } = await sdk.login(byLogin(cast));
      return { id, session: (await sdk.getSession()).user_id };
    },
    gives: ({ known }) => ({ id: known.id, session: known.id }),
  },
  'login by email': {
    run: async ({ sdk, cast }) => (await sdk.login(byEmail(cast))).id,
    gives: ({ known }) => known.id,
  },
  'login with a wrong password': {
    run: ({ sdk, cast }) => sdk.login({ ...byLogin(cast), password: 'wrong-one' }),
    gives: ({ errors }) => refused(errors.wrongPassword),
  },
  'login of nobody': {
    run: ({ sdk }) => sdk.login({ login: 'stranger', password: 'wrong-one' }),
    gives: ({ errors }) => refused(errors.unknownLogin),
  },
  "logout: the session is the application's again": {
    run: async ({ sdk }) => {
      await sdk.logout();
      return seen(await sdk.getSession());
    },
    gives: ofApplication,
  },
  'a call that needs a user': {
    run: ({ sdk, cast }) => sdk.deleteUser(cast.known),
    gives: ({ errors }) => refused(errors.needUser),
  },

  // look-ups
  'a user by id': { run: ({ sdk, cast }) => sdk.find(cast.known.id), gives: ({ known }) => known.id },
  'a user by login': { run: ({ sdk, cast }) => sdk.find({ login: cast.known.login }), gives: ({ known }) => known.id },
  'a user by email': { run: ({ sdk, cast }) => sdk.find({ email: cast.known.email }), gives: ({ known }) => known.id },
  'a user by Facebook id': {
    run: ({ sdk, cast }) => sdk.find({ facebook_id: cast.known.facebook_id }),
    gives: ({ known }) => known.id,
  },
  'a user by Twitter id': {
    run: ({ sdk, cast }) => sdk.find({ twitter_id: cast.known.twitter_id }),
    gives: ({ known }) => known.id,
  },
  'a user by phone': {
    run: ({ sdk, cast }) => sdk.find({ phone: cast.known.phone }),
    gives: ({ known, phoneList }) => (phoneList ? [known.id] : known.id),
  },
  'a user by external id': {
    run: ({ sdk, cast }) => sdk.find({ external: cast.known.external }),
    gives: ({ known }) => known.id,
  },
  'users by full name': {
    run: ({ sdk, cast }) => sdk.find({ full_name: cast.known.full_name, page: 1, per_page: 5 }),
    gives: ({ known }) => [known.id],
  },
  'users by a tag': { run: ({ sdk, cast }) => sdk.find({ tags: cast.tags.one }), gives: ({ tags }) => tags.have },
  'users by several tags': {
    run: ({ sdk, cast }) => sdk.find({ tags: cast.tags.several }),
    gives: ({ tags }) => tags.match,
  },
  'a look-up of nobody': {
    run: ({ sdk }) => sdk.find({ login: 'stranger' }),
    gives: ({ errors }) => refused(errors.unknownUser),
  },

  // lists
  'a list with a filter and an order': {
    run: ({ sdk, cast }) =>
      sdk.list({ filter: { field: 'id', param: 'in', value: cast.three }, order: { sort: 'desc', field: 'id' } }),
    gives: ({ three }) => [...three].reverse(),
  },
  'a page of it': {
    run: ({ sdk, cast }) => sdk.list({ filter: { field: 'id', param: 'in', value: cast.three }, page: 2, per_page: 2 }),
    gives: ({ three }) => three.slice(2),
  },
  'a list with two filters': {
    run: ({ sdk, cast }) =>
      sdk.list({
        filter: [
          { field: 'id', param: 'between', value: [cast.three[0], cast.three[2]] },
          { field: 'created_at', param: 'lt', value: cast.before.day },
        ],
        order: { sort: 'asc', field: 'id' },
      }),
    gives: ({ before }) => before.ids,
  },
  'V2: in': {
    run: ({ sdk, cast }) => sdk.listV2({ id: { in: cast.three.slice(1) }, sort_desc: 'id', limit: 10 }),
    gives: ({ three }) => [three[2], three[1]],
  },
  'V2: start_with, and a Date': {
    run: ({ sdk, cast }) =>
      sdk.listV2({ full_name: { start_with: cast.known.full_name }, created_at: { lt: new Date('2019-01-01') } }),
    gives: ({ known }) => [known.id],
  },
  'V2: a query that is not valid': {
    run: ({ sdk }) => sdk.listV2({ login: { nin: ['admin19'] } }),
    gives: () =>
      refused({
        code: 422,
        body: {
          errors: { base: ['Query need to contain at least one stand-alone field with primary operator'] },
        },
      }),
  },

  // one's own user
  'a sign-up': {
    run: async ({ sdk }) => {
      const user = await sdk.signUp({
        ...NEW,
        email: 'mia@domain.com',
        full_name: 'Mia & Söhne ',
        website: 'mia.com',
        external_user_id: 777,
        tag_list: ['man', 'car'],
        blob_id: null,
      });
      const { login, email, full_name, website, external_user_id, user_tags, blob_id } = user;
      return { login, email, full_name, website, external_user_id, user_tags, blob_id };
    },
    gives: ({ comma }) => ({
      login: 'mia',
      email: 'mia@domain.com',
      full_name: 'Mia & Söhne',
      website: 'http://mia.com',
      external_user_id: 777,
      user_tags: `man${comma}car`,
      blob_id: null,
    }),
  },
  'a sign-up with a login that is taken': {
    run: ({ sdk }) => sdk.signUp(NEW),
    gives: ({ errors }) => refused(errors.taken),
  },
  'a sign-up with an email that is taken': {
    run: ({ sdk, cast }) => sdk.signUp({ email: cast.known.email, password: NEW.password }),
    gives: ({ errors }) => refused(errors.emailTaken),
  },
  'a sign-up without a password': {
    run: ({ sdk }) => sdk.signUp({ login: 'max' }),
    gives: ({ errors }) => refused(errors.noPassword),
  },
  'an update': {
    run: async (stage) => {
      const { full_name, custom_data, phone } = await stage.sdk.update(await asNew(stage), {
        full_name: 'Mia Moon',
        custom_data: '{"a":[1,"ü"]}',
        phone: '+1 (555) 010',
      });
      return { full_name, custom_data, phone };
    },
    gives: () => ({ full_name: 'Mia Moon', custom_data: '{"a":[1,"ü"]}', phone: '+1 (555) 010' }),
  },
  'a new password with a wrong old one': {
    run: async (stage) => stage.sdk.update(await asNew(stage), { password: CHANGED, old_password: 'wrong-one' }),
    gives: ({ errors }) => refused(errors.oldPassword),
  },
  'a new password': {
    run: async (stage) => {
      const me = await asNew(stage);
      await stage.sdk.update(me, { password: CHANGED, old_password: NEW.password });
      return { same: (await asNew(stage, CHANGED)).id === me.id };
    },
    gives: () => ({ same: true }),
  },
  'the old password, from then on': {
    run: asNew,
    gives: ({ errors }) => refused(errors.wrongPassword),
  },
  'a password reset': {
    run: async ({ sdk, control }) => {
      await sdk.createSession();
      await sdk.resetPassword('mia@domain.com');
      const { items } = await control('GET', '/outbox?to=mia@domain.com');
      return (items as { type: string }[]).map(({ type }) => type);
    },
    gives: () => ['password_reset'],
  },

  // the end of sessions
  'an expired session': {
    run: async ({ sdk, cast, control }) => {
      await sdk.createSession(byLogin(cast));
      await control('POST', '/clock/advance', LATER);
      return sdk.find(cast.known.id);
    },
    gives: ({ errors }) => refused(errors.noSession),
  },
  'an expired session: the hook repeats the call': {
    run: async ({ sdk, cast, control }) => {
      let calls = 0;
      sdk.begin({
        sessionExpired: (giveUp, retry) => {
          calls++;
          sdk.createSession(byLogin(cast)).then(retry, giveUp);
        },
      });
      await sdk.createSession(byLogin(cast));
      await control('POST', '/clock/advance', LATER);
      const found = await sdk.find({ login: cast.known.login });
      sdk.begin();
      return { calls, found };
    },
    gives: ({ known }) => ({ calls: 1, found: known.id }),
  },
  'a destroyed session': {
    run: async ({ sdk, cast }) => {
      const { token } = await sdk.createSession(byLogin(cast));
      await sdk.destroySession();
      sdk.begin({ token });
      return sdk.find(cast.known.id);
    },
    gives: ({ errors }) => refused(errors.noSession),
  },
  'a user deleted': {
    run: async (stage) => {
      await stage.sdk.deleteUser(await asNew(stage, CHANGED));
      return stage.sdk.getSession();
    },
    gives: ({ errors }) => refused(errors.noSession),
  },
  'what is not emulated says so': {
    run: async ({ sdk }) => {
      sdk.begin();
      await sdk.createSession();
      const code = await sdk.elsewhere().catch((error: { code: unknown }) => error.code);
      return { code };
    },
    gives: () => ({ code: 501 }),
  },
} satisfies Record<string, Step>;

export type StepName = keyof typeof JOURNEY;
export const STEPS = Object.entries(JOURNEY) as [StepName, Step][];
