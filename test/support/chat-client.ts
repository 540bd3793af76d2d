import { onTestFinished } from 'vitest';
import WebSocket from 'ws';

const TIME_LIMIT = 8000;

/** A client of the chat that sends and receives frames as they are. */
export interface ChatClient {
  readonly socket: WebSocket;
  send(frame: string | Buffer): void;
  /** The next frame; rejects when the connection ends, or none comes. */
  next(): Promise<string>;
  /** Sends a frame, and returns the next one that comes. */
  ask(frame: string): Promise<string>;
  /** The remaining frames and the code of the connection's end. */
  end(): Promise<{ readonly code: number; readonly frames: string[] }>;
}

/** Opens a websocket. Rejects with the status and body of a refusal. */
export async function connectChat(
  url: string,
  options: WebSocket.ClientOptions & { readonly protocols?: string[] } = {},
): Promise<ChatClient> {
  const { protocols = ['xmpp'], ...rest } = options;
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...rest });
  onTestFinished(() => socket.terminate());
  const frames: string[] = [];
  const waiting: (() => void)[] = [];
  let code: number | undefined;
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  socket.on('message', (data) => {
    frames.push(String(data));
    wake();
  });
  socket.on('close', (given) => {
    code = given;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
    socket.once('unexpected-response', async (_request, response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      reject(new Error(`${response.statusCode} ${text}`));
    });
  });
  socket.on('error', () => {});
  const until = async <T>(find: () => T | undefined, wanted: string): Promise<T> => {
    const limit = AbortSignal.timeout(TIME_LIMIT);
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (limit.aborted) throw new Error(`no ${wanted}; received: ${frames.join('\n')}`);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        limit.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  };
  const next = () =>
    until(() => {
      const frame = frames.shift();
      if (frame === undefined && code !== undefined) throw new Error(`the connection ended with ${code}`);
      return frame;
    }, 'frame');
  return {
    socket,
    send: (frame) => socket.send(frame),
    next,
    ask: (frame) => {
      socket.send(frame);
      return next();
    },
    end: async () => ({ code: await until(() => code, 'end'), frames: frames.splice(0) }),
  };
}

export const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="chat.example.com" version="1.0"/>';
export const CLOSE = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>';
export const SUCCESS = '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>';
export const NOT_AUTHORIZED = '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>';
export const FEATURES =
  '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></stream:features>';

/** The `<auth>` of SASL PLAIN. */
export function plain(name: string, password: string): string {
  const text = Buffer.from(`\0${name}\0${password}`).toString('base64');
  return `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${text}</auth>`;
}

/** The stream error with which the server ends a connection. */
export function streamError(condition: string): string {
  return `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`;
}

/** Connects and sends credentials. @returns the client and the server's answer */
export async function logIn(
  url: string,
  name: string,
  password: string,
  options?: Parameters<typeof connectChat>[1],
): Promise<ChatClient & { readonly answer: string }> {
  const client = await connectChat(url, options);
  await client.ask(OPEN);
  await client.next();
  return { ...client, answer: await client.ask(plain(name, password)) };
}

/** Connects, logs in and binds a resource. */
export async function bound(url: string, name: string, password: string): Promise<ChatClient> {
  const client = await logIn(url, name, password);
  await client.ask(OPEN);
  await client.next();
  await client.ask(
    '<iq xmlns="jabber:client" type="set" id="b1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>r1</resource></bind></iq>',
  );
  return client;
}
