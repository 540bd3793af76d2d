import { WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../http/upgrades.ts';
import { type Element, escapeXml, parseStanza, printAttributes, XmlError } from './xml.ts';

/** For others that need these: they share the file of this module, which contains the libraries. */
export { type Element, parseStanza, WebSocket };

/** The largest frame, in bytes. */
const MAX_FRAME = 65_536;
/** A client that sends and never reads would fill the memory with answers: the limit (bytes) of those that wait. */
const MAX_UNSENT = 1_048_576;
/** How long (ms) a connection may take until it has logged in. */
const LOGIN_TIMEOUT = 15_000;
/** How long (ms) a client may take to answer the end of the connection. */
const CLOSE_TIMEOUT = 3000;

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const STREAM_MANAGEMENT = 'urn:xmpp:sm:3';
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const STREAM = 'xmlns:stream="http://etherx.jabber.org/streams"';
const MECHANISMS = `<mechanisms xmlns="${SASL}"><mechanism>PLAIN</mechanism></mechanisms>`;
const SESSION_FEATURES = `<bind xmlns="${BIND}"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/><sm xmlns="${STREAM_MANAGEMENT}"/>`;

/** Stream errors of RFC 6120, with which the server ends a connection. */
export type StreamError =
  | 'connection-timeout'
  | 'not-authorized'
  | 'policy-violation'
  | 'system-shutdown'
  | 'unsupported-stanza-type'
  | XmlError['message'];

/** The outcome of a login. `address`: the part of the user's address before the host. */
export type LoginResult =
  | { readonly address: string }
  | { readonly failure: 'not-authorized' | 'temporary-auth-failure' }
  | { readonly hangs: true };

/** The parts of the server that a stream needs. */
export interface StreamHost {
  /** The id of the stream. */
  readonly id: string;
  /** Checks the credentials of SASL PLAIN. */
  logIn(name: string, password: string): Promise<LoginResult>;
  /** Called with errors of the emulator itself. */
  onError(error: unknown): void;
}

/** One client's XMPP stream over a websocket (RFC 7395), as far as its login and the calls that need an empty answer. */
export class XmppStream {
  readonly #socket: WebSocket;
  readonly #host: StreamHost;
  readonly #timer: NodeJS.Timeout;
  #domain = 'localhost';
  /** undefined until the login. */
  #address: string | undefined;
  #jid: string | undefined;
  /** Stanzas received since the client enabled stream management; undefined before. */
  #handled: number | undefined;
  /** A login is being decided, or never will be. */
  #loggingIn = false;

  constructor(socket: WebSocket, host: StreamHost) {
    this.#socket = socket;
    this.#host = host;
    this.#timer = setTimeout(() => this.end('connection-timeout'), LOGIN_TIMEOUT).unref();
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (isBinary) this.end('not-well-formed');
      else this.#receive(bytes.toString());
    });
    // frames that are too large or malformed: the library closes the connection
    socket.on('error', () => {});
    socket.on('close', () => clearTimeout(this.#timer));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Ends the stream: with an error or, without one, in agreement. */
  end(error?: StreamError): void {
    if (!this.isOpen) return;
    if (error) {
      const condition = `<${error} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`;
      this.#send(`<stream:error ${STREAM}>${condition}</stream:error>`);
    }
    this.#send(`<close xmlns="${FRAMING}"/>`);
    this.#socket.close(1000);
    setTimeout(() => this.terminate(), CLOSE_TIMEOUT).unref();
  }

  /** Closes the connection at once. */
  terminate(): void {
    this.#socket.terminate();
  }

  #send(stanza: string): void {
    if (!this.isOpen) return;
    this.#socket.send(stanza);
    if (this.#socket.bufferedAmount > MAX_UNSENT) this.#socket.terminate();
  }

  #receive(frame: string) {
    // blanks keep a connection alive
    if (!this.isOpen || frame.trim() === '') return;
    try {
      this.#handle(parseStanza(frame));
    } catch (error) {
      if (error instanceof XmlError) return this.end(error.message);
      this.#host.onError(error);
      this.terminate();
    }
  }

  #handle(stanza: Element) {
    const { namespace, name } = stanza;
    if (namespace === FRAMING) {
      if (name === 'open') return this.#open(stanza);
      if (name === 'close') return this.end();
    }
    if (this.#loggingIn) return;
    if (this.#address === undefined) {
      if (namespace === SASL && name === 'auth') return this.#authenticate(stanza);
      return this.end('not-authorized');
    }
    if (namespace === STREAM_MANAGEMENT) return this.#manage(name);
    if (this.#handled !== undefined) this.#handled++;
    if (name === 'iq') return this.#query(stanza, this.#address);
    if (name === 'presence') return this.#presence(stanza);
    // messages are accepted, and go nowhere
    if (name !== 'message') this.end('unsupported-stanza-type');
  }

  #open({ attributes }: Element) {
    if (attributes.to) this.#domain = attributes.to;
    const { id } = this.#host;
    this.#send(
      `<open${printAttributes({ xmlns: FRAMING, from: this.#domain, id, version: '1.0', 'xml:lang': 'en' })}/>`,
    );
    const features = this.#address === undefined ? MECHANISMS : SESSION_FEATURES;
    this.#send(`<stream:features ${STREAM}>${features}</stream:features>`);
  }

  #authenticate({ attributes, text }: Element) {
    if (attributes.mechanism !== 'PLAIN') return this.#send(failure('invalid-mechanism'));
    const [, name, password, more] = Buffer.from(text, 'base64').toString('utf8').split('\0');
    if (!name || !password || more !== undefined) return this.#send(failure('malformed-request'));
    this.#loggingIn = true;
    this.#host.logIn(name, password).then(
      (result) => this.#settleLogin(result),
      (error) => {
        this.#host.onError(error);
        this.terminate();
      },
    );
  }

  #settleLogin(result: LoginResult) {
    if ('failure' in result) {
      this.#send(failure(result.failure));
      return this.end();
    }
    clearTimeout(this.#timer);
    if ('hangs' in result) return;
    this.#loggingIn = false;
    this.#address = result.address;
    this.#send(`<success xmlns="${SASL}"/>`);
  }

  #manage(name: string) {
    if (name === 'r') return this.#send(`<a xmlns="${STREAM_MANAGEMENT}" h="${this.#handled ?? 0}"/>`);
    if (name === 'enable') {
      this.#handled = 0;
      return this.#send(`<enabled xmlns="${STREAM_MANAGEMENT}"/>`);
    }
    // there is no stream to resume: the client binds a new one
    if (name !== 'resume') return;
    this.#send(`<failed xmlns="${STREAM_MANAGEMENT}"><item-not-found xmlns="${STANZAS}"/></failed>`);
  }

  /** Answers an iq: `bind` with the address, everything else with a result that has no content. */
  #query({ attributes: { type, id, to }, children: [content] }: Element, address: string) {
    if (type !== 'get' && type !== 'set') return;
    let body = '';
    if (content?.namespace === BIND) {
      const resource = content.children.find(({ name }) => name === 'resource')?.text || this.#host.id;
      this.#jid = `${address}@${this.#domain}/${resource}`;
      body = `<bind xmlns="${BIND}"><jid>${escapeXml(this.#jid)}</jid></bind>`;
    } else if (type === 'get' && content?.name === 'query') {
      body = `<query${printAttributes({ xmlns: content.namespace })}/>`;
    }
    const head = printAttributes({ xmlns: 'jabber:client', type: 'result', id, from: to, to: this.#jid });
    this.#send(`<iq${head}>${body}</iq>`);
  }

  /** A client's own presence comes back to it; one for somebody else goes nowhere. */
  #presence({ attributes: { id, type, to } }: Element) {
    if (to !== undefined || this.#jid === undefined) return;
    const own = { from: this.#jid, to: this.#jid };
    this.#send(`<presence${printAttributes({ xmlns: 'jabber:client', id, type, ...own })}/>`);
  }
}

function failure(condition: string): string {
  return `<failure xmlns="${SASL}"><${condition}/></failure>`;
}

const websockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_FRAME,
  handleProtocols: () => 'xmpp',
});

/**
 * Completes the handshake of a websocket.
 * @param refuse called instead if it is malformed, with the reason
 */
export function acceptWebSocket(
  { request, stream, head }: Upgrade,
  host: StreamHost,
  refuse: (reason: string) => void,
): XmppStream | undefined {
  let accepted: XmppStream | undefined;
  const onMalformed = (error: Error) => refuse(error.message);
  // both listeners are called before `handleUpgrade` returns
  websockets.once('wsClientError', onMalformed);
  websockets.handleUpgrade(request, stream, head, (websocket) => {
    accepted = new XmppStream(websocket, host);
  });
  websockets.off('wsClientError', onMalformed);
  return accepted;
}
