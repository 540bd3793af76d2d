import type { Session } from './adapters.ts';
import { byLogin, type StepContext, type Steps } from './step.ts';

/** Logs in to the chat and out again. @returns the login in the journal */
async function visitChat({ sdk, control }: StepContext, { user_id }: Session, password: string) {
  await sdk.connectChat({ userId: Number(user_id), password });
  await sdk.disconnectChat();
  const { items } = await control('GET', '/requests?operation=chat.connect');
  const [last] = (items as { status: number; user_id: number }[]).slice(-1);
  return { status: last?.status, user: last?.user_id };
}
const signIn = ({ sdk, expected }: StepContext) => {
  sdk.init();
  return sdk.createSession(byLogin(expected));
};

/** The chat, as far as its login. */
export const CHAT_STEPS = {
  "the chat, with a session's token": {
    run: async (context) => {
      const session = await signIn(context);
      return visitChat(context, session, session.token);
    },
    expects: ({ known }) => ({ status: 101, user: known.id }),
  },
  "the chat, with a user's password": {
    run: async (context) => visitChat(context, await signIn(context), context.expected.known.password),
    expects: ({ known }) => ({ status: 101, user: known.id }),
  },
} satisfies Steps;
