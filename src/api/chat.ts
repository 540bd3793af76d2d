import { evidenceList, own, sdk } from '../model/evidence.ts';

/** The name of a login to the chat in faults and in the journal. */
export const CHAT_CONNECT = 'chat.connect' as const;

/** The login to the chat, as coverage shows it. It is not a row of the table of endpoints: it happens inside a websocket. */
export const CHAT_LOGIN = {
  operation: CHAT_CONNECT,
  method: 'GET',
  path: '/',
  status: 101,
  deprecated: false,
  evidence: evidenceList([
    sdk('JS, every release: XMPP over a websocket (RFC 7395), right after the login'),
    own('messages are accepted, and passed on to nobody'),
  ]),
};
