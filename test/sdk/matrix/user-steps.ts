import { byLogin, refused, type StepContext, type Steps } from './step.ts';

const NEW = { login: 'mia', password: 'secret-mia7' };
const CHANGED = 'changed-mia8';

/** Signs the new user in. */
const signInAsNew = async ({ sdk }: StepContext, password = NEW.password) => {
  sdk.init();
  return { id: Number((await sdk.createSession({ login: NEW.login, password })).user_id) };
};
const LATER = { by: '2h1m' };

/** The session's own user, from sign-up to password reset; expired sessions, and deletion. */
export const USER_STEPS = {
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
    expects: ({ comma }) => ({
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
    expects: ({ errors }) => refused(errors.taken),
  },
  'a sign-up with a login that is taken, and a login instead': {
    run: async ({ sdk, expected }) => {
      sdk.init();
      await sdk.createSession();
      try {
        await sdk.signUp(NEW);
      } catch (error) {
        if (!expected.isTaken((error as { body: unknown }).body)) throw error;
      }
      return (await sdk.login(NEW)).login;
    },
    expects: () => NEW.login,
  },
  'a sign-up with an email that is taken': {
    run: ({ sdk, expected }) => sdk.signUp({ email: expected.known.email, password: NEW.password }),
    expects: ({ errors }) => refused(errors.emailTaken),
  },
  'a sign-up without a password': {
    run: ({ sdk }) => sdk.signUp({ login: 'max' }),
    expects: ({ errors }) => refused(errors.noPassword),
  },
  'an update': {
    run: async (context) => {
      const { full_name, custom_data, phone } = await context.sdk.update(await signInAsNew(context), {
        full_name: 'Mia Moon',
        custom_data: '{"a":[1,"ü"]}',
        phone: '+1 (555) 010',
      });
      return { full_name, custom_data, phone };
    },
    expects: () => ({ full_name: 'Mia Moon', custom_data: '{"a":[1,"ü"]}', phone: '+1 (555) 010' }),
  },
  'a new password with a wrong old one': {
    run: async (context) =>
      context.sdk.update(await signInAsNew(context), { password: CHANGED, old_password: 'wrong-one' }),
    expects: ({ errors }) => refused(errors.oldPassword),
  },
  'a new password': {
    run: async (context) => {
      const me = await signInAsNew(context);
      await context.sdk.update(me, { password: CHANGED, old_password: NEW.password });
      return { same: (await signInAsNew(context, CHANGED)).id === me.id };
    },
    expects: () => ({ same: true }),
  },
  'the old password after that': {
    run: signInAsNew,
    expects: ({ errors }) => refused(errors.wrongPassword),
  },
  'a password reset': {
    run: async ({ sdk, control }) => {
      await sdk.createSession();
      await sdk.resetPassword('mia@domain.com');
      const { items } = await control('GET', '/outbox?to=mia@domain.com');
      return (items as { type: string }[]).map(({ type }) => type);
    },
    expects: () => ['password_reset'],
  },

  'an expired session': {
    run: async ({ sdk, expected, control }) => {
      await sdk.createSession(byLogin(expected));
      await control('POST', '/clock/advance', LATER);
      return sdk.find(expected.known.id);
    },
    expects: ({ errors }) => refused(errors.noSession),
  },
  'an expired session: the hook repeats the call': {
    run: async ({ sdk, expected, control }) => {
      let calls = 0;
      sdk.init({
        sessionExpired: (giveUp, retry) => {
          calls++;
          sdk.createSession(byLogin(expected)).then(retry, giveUp);
        },
      });
      await sdk.createSession(byLogin(expected));
      await control('POST', '/clock/advance', LATER);
      const found = await sdk.find({ login: expected.known.login });
      sdk.init();
      return { calls, found };
    },
    expects: ({ known }) => ({ calls: 1, found: known.id }),
  },
  'a destroyed session': {
    run: async ({ sdk, expected }) => {
      const { token } = await sdk.createSession(byLogin(expected));
      await sdk.destroySession();
      sdk.init({ token });
      return sdk.find(expected.known.id);
    },
    expects: ({ errors }) => refused(errors.noSession),
  },
  'a deleted user': {
    run: async (context) => {
      await context.sdk.deleteUser(await signInAsNew(context, CHANGED));
      return context.sdk.getSession();
    },
    expects: ({ errors }) => refused(errors.noSession),
  },
  'a call that is not emulated': {
    run: async ({ sdk }) => {
      sdk.init();
      await sdk.createSession();
      const code = await sdk.callUnemulated().catch((error: { code: unknown }) => error.code);
      return { code };
    },
    expects: () => ({ code: 501 }),
  },
} satisfies Steps;
