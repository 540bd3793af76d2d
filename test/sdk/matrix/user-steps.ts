import { byLogin, refused, type Stage, type Steps } from './step.ts';

const NEW = { login: 'mia', password: 'secret-mia7' };
const CHANGED = 'changed-mia8';

/** Signs the new user in. */
const asNew = async ({ sdk }: Stage, password = NEW.password) => {
  sdk.begin();
  return { id: Number((await sdk.createSession({ login: NEW.login, password })).user_id) };
};
const LATER = { by: '2h1m' };

/** One's own user, from sign-up to password reset; the ends of sessions, and the user's. */
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
} satisfies Steps;
