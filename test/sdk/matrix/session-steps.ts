import type { Session } from './adapters.ts';
import type { Expectations } from './expectations.ts';
import { byLogin, refused, type Steps } from './step.ts';

const summaryOf = (session: Session) => ({
  application: Number(session.application_id),
  user: session.user_id || null,
  token: session.token.length,
});
const ofApplication = (expected: Expectations) => ({
  application: expected.credentials.appId,
  user: null,
  token: expected.tokenLength,
});
const ofUser = (expected: Expectations) => ({ ...ofApplication(expected), user: expected.known.id });
const byEmail = ({ known }: Expectations) => ({ email: known.email, password: known.password });

/** Sessions of every kind, login and logout. */
export const SESSION_STEPS = {
  'a sign-up without a session': {
    run: async ({ sdk }) => (await sdk.signUp({ login: 'noa', password: 'secret-noa7' })).login,
    expects: () => 'noa',
  },
  'a call without a session': {
    run: ({ sdk }) => sdk.getSession(),
    expects: ({ errors }) => refused(errors.noToken),
  },

  'a session of the application': {
    run: async ({ sdk }) => summaryOf(await sdk.createSession()),
    expects: ofApplication,
  },
  'a session signed with SHA-256': {
    run: async ({ sdk }) => {
      sdk.init({ hash: 'sha256' });
      const session = await sdk.createSession();
      const hash = sdk.hash();
      sdk.init();
      return { hash, ...summaryOf(session) };
    },
    expects: (expected) => ({ hash: 'sha256', ...ofApplication(expected) }),
  },
  'a session by login': {
    run: async ({ sdk, expected }) => summaryOf(await sdk.createSession(byLogin(expected))),
    expects: ofUser,
  },
  'a session by email': {
    run: async ({ sdk, expected }) => summaryOf(await sdk.createSession(byEmail(expected))),
    expects: ofUser,
  },
  'show the session': {
    run: async ({ sdk }) => summaryOf(await sdk.getSession()),
    expects: ofUser,
  },
  'a session with a wrong password': {
    run: ({ sdk, expected }) => sdk.createSession({ ...byLogin(expected), password: 'wrong-one' }),
    expects: ({ errors }) => refused(errors.wrongPassword),
  },
  'a guest': {
    run: async ({ sdk }) => {
      const { user } = await sdk.createSession({ guest: '1', full_name: 'Awesome Smith' });
      return { name: user?.full_name, guest: user?.is_guest };
    },
    expects: () => ({ name: 'Awesome Smith', guest: true }),
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
    expects: () => ({ sameUser: true, newToken: true }),
  },
  'a session through Firebase': {
    run: async ({ sdk }) => {
      const { user } = await sdk.createSession({
        provider: 'firebase_phone',
        firebase_phone: { project_id: 'p', access_token: 'tok' },
      });
      return typeof user?.phone;
    },
    expects: () => 'string',
  },
  'a session of another client, by its token': {
    run: async ({ sdk, expected, control }) => {
      const { token } = await control('POST', '/sessions', {
        user: expected.known.login,
        app: expected.credentials.appId,
      });
      sdk.init({ token: token as string });
      return summaryOf(await sdk.getSession());
    },
    expects: ofUser,
  },

  'login by login': {
    run: async ({ sdk, expected }) => {
      sdk.init();
      await sdk.createSession();
      const { id } = await sdk.login(byLogin(expected));
      return { id, session: (await sdk.getSession()).user_id };
    },
    expects: ({ known }) => ({ id: known.id, session: known.id }),
  },
  'login by email': {
    run: async ({ sdk, expected }) => (await sdk.login(byEmail(expected))).id,
    expects: ({ known }) => known.id,
  },
  'login with a wrong password': {
    run: ({ sdk, expected }) => sdk.login({ ...byLogin(expected), password: 'wrong-one' }),
    expects: ({ errors }) => refused(errors.wrongPassword),
  },
  'login of an unknown user': {
    run: ({ sdk }) => sdk.login({ login: 'stranger', password: 'wrong-one' }),
    expects: ({ errors }) => refused(errors.unknownLogin),
  },
  "logout: the session is the application's again": {
    run: async ({ sdk }) => {
      await sdk.logout();
      return summaryOf(await sdk.getSession());
    },
    expects: ofApplication,
  },
  'a call that needs a user': {
    run: ({ sdk, expected }) => sdk.deleteUser(expected.known),
    expects: ({ errors }) => refused(errors.needUser),
  },
} satisfies Steps;
