import type { Session } from './adapters.ts';
import type { Cast } from './expectations.ts';
import { byLogin, refused, type Steps } from './step.ts';

const seen = (session: Session) => ({
  application: Number(session.application_id),
  user: session.user_id || null,
  token: session.token.length,
});
const ofApplication = (cast: Cast) => ({ application: cast.credentials.appId, user: null, token: cast.tokenLength });
const ofKnown = (cast: Cast) => ({ ...ofApplication(cast), user: cast.known.id });
const byEmail = ({ known }: Cast) => ({ email: known.email, password: known.password });

/** Sessions of every kind, login and logout. */
export const SESSION_STEPS = {
  'a sign-up without a session': {
    run: async ({ sdk }) => (await sdk.signUp({ login: 'noa', password: 'secret-noa7' })).login,
    gives: () => 'noa',
  },
  'a call without a session': {
    run: ({ sdk }) => sdk.getSession(),
    gives: ({ errors }) => refused(errors.noToken),
  },

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
} satisfies Steps;
