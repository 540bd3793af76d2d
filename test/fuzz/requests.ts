import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { stringify } from 'qs';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import { NOT_EMULATED } from '../../src/api/modules.ts';
import { OPERATIONS } from '../../src/control/operations/index.ts';
import type { Chooser } from './random.ts';
import { controlInput, json, parameters, text } from './values.ts';

/** Bytes for one connection. */
export interface Input {
  readonly bytes: Buffer;
  /** The methods of the whole requests that they hold; undefined: they are no HTTP, and any answer or none will do. */
  readonly methods: readonly string[] | undefined;
  /** Whether faults may have been added where these requests go: any status, or a dropped connection, is right then. */
  readonly faulty: boolean;
  /** Sent over TLS. */
  readonly encrypted: boolean;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'QUERY'];
const ENCODINGS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
/** Operations whose answers never end, or that transfer what is large. */
const LEFT_OUT = new Set(['console', 'events', 'openapi', 'ca', 'users.generate']);

const operations = Object.entries(OPERATIONS).filter(([name]) => !LEFT_OUT.has(name));

/** Tokens of users, of the application, and wrong ones. */
export type Tokens = readonly string[];

export function input(choose: Chooser, tokens: Tokens): Input {
  const kind = choose.below(20);
  if (kind === 0)
    return { bytes: garbage(choose, tokens), methods: undefined, faulty: true, encrypted: choose.chance(0.1) };
  const faulty = kind < 6;
  const count = 1 + choose.below(8);
  const make = () =>
    faulty && choose.chance(0.6)
      ? controlRequest(choose)
      : apiRequest(choose, tokens, faulty ? '/sandbox/faulty' : choose.pick(['', '', '/sandbox/other']));
  const requests = Array.from({ length: count }, make);
  return {
    bytes: Buffer.concat(requests),
    methods: requests.map((bytes) => bytes.toString('latin1').split(' ', 1)[0] ?? ''),
    faulty,
    encrypted: choose.chance(0.1),
  };
}

function apiRequest(choose: Chooser, tokens: Tokens, mount: string): Buffer {
  const { method, path } = choose.pick(ENDPOINTS);
  const id = () => encodeURIComponent(choose.pick([text(choose).toWellFormed() ?? 'x', '51941', '87', '1']));
  const shaped = choose.chance(0.93)
    ? path.replace(':id', id)
    : choose.pick([...NOT_EMULATED, '/', '/x', '/%', '/%ff', '//users', '/users/../users']);
  const suffix = choose.pick(['', '', '.json', '.xml']);
  const headers: string[] = [];
  if (choose.chance(0.8)) headers.push(`${choose.pick(['CB-Token', 'QB-Token', 'cb-token'])}: ${choose.pick(tokens)}`);
  if (choose.chance(0.2))
    headers.push(
      choose.pick([
        'CB-AuthKey: 29WfrNWdvkhmX6V',
        'CB-AuthKey: x',
        'Accept: application/xml',
        'If-None-Match: *',
        'Origin: http://x',
        'X-Emulator-Request-Tag: t',
      ]),
    );
  if (mount === '/sandbox/faulty' && choose.chance(0.1))
    headers.push(
      `X-Emulator-Fault: ${choose.pick(['503', 'drop=reset', 'reset@after', 'drop=empty', 'error=taken', 'trickle=5', '429; header=Retry-After: 5', 'delay=1', 'x'])}`,
    );
  return request(
    choose,
    choose.chance(0.9) ? method : choose.pick(METHODS),
    mount + shaped + suffix,
    parameters(choose),
    headers,
  );
}

function controlRequest(choose: Chooser): Buffer {
  const [, { method, path }] = choose.pick(operations);
  const shaped = path.replace(/:\w+/g, () =>
    encodeURIComponent(choose.pick(['1', 'a', '51941', 'fault-1', '..', text(choose).toWellFormed() ?? 'x'])),
  );
  const given = controlInput(choose);
  return request(
    choose,
    choose.chance(0.9) ? method : choose.pick(METHODS),
    `/sandbox/faulty/_emulator${shaped}`,
    given,
    [],
  );
}

/** A whole HTTP request, whose parameters travel in one of the forms that clients use, or broken. */
function request(choose: Chooser, method: string, path: string, params: unknown, headers: readonly string[]): Buffer {
  const inQuery = method === 'GET' ? choose.chance(0.7) : choose.chance(0.15);
  let query = '';
  if (inQuery) {
    try {
      query = `?${stringify(params, { encode: choose.chance(0.8), arrayFormat: choose.pick(['brackets', 'indices', 'repeat', 'comma']) })}`;
    } catch {
      query = '?%';
    }
    query = query.slice(0, 3000);
  }
  const target = `${path}${query}`.replace(/[^\x21-\x7e]/g, encodeURI_).slice(0, 8000);
  const [type, raw] = inQuery && choose.chance(0.8) ? ['', Buffer.alloc(0)] : body(choose, params);
  const [encoding, bytes] = raw.length > 0 && choose.chance(0.1) ? encoded(choose, raw) : ['', raw];
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...headers];
  if (type) lines.push(`Content-Type: ${type}`);
  if (encoding) lines.push(`Content-Encoding: ${encoding}`);
  if (bytes.length > 0 && choose.chance(0.2)) {
    lines.push('Transfer-Encoding: chunked');
    const cut = choose.below(bytes.length);
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
    const framed = chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]);
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...framed, Buffer.from('0\r\n\r\n')]);
  }
  if (bytes.length > 0) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

function encodeURI_(character: string): string {
  try {
    return encodeURIComponent(character);
  } catch {
    return '%ED';
  }
}

function body(choose: Chooser, params: unknown): [type: string, bytes: Buffer] {
  const kind = choose.below(10);
  if (kind < 4) return ['application/json', mutated(choose, Buffer.from(JSON.stringify(params) ?? ''))];
  if (kind < 6)
    return [
      choose.pick([
        'application/x-www-form-urlencoded',
        'application/x-www-form-urlencoded; charset=UTF-8',
        'text/plain',
        '',
      ]),
      mutated(choose, Buffer.from(form(choose, params))),
    ];
  if (kind === 6) return ['multipart/form-data; boundary=XX', mutated(choose, multipart(choose))];
  if (kind === 7)
    return [
      choose.pick([
        'application/xml',
        'application/json; charset=utf-16',
        'x/y',
        'application/json; charset=iso-8859-1',
        ';',
      ]),
      Buffer.from('<a/>'),
    ];
  if (kind === 8) return ['application/json', Buffer.from(JSON.stringify(json(choose)) ?? '')];
  return [
    'application/json',
    Buffer.from(choose.pick(['[', '{"a":', '"', '\ufeff{}', `${'['.repeat(2000)}`, 'null', ' '])),
  ];
}

function form(choose: Chooser, params: unknown): string {
  try {
    return stringify(params, { encode: choose.chance(0.7), arrayFormat: choose.pick(['brackets', 'indices']) });
  } catch {
    return 'a=%';
  }
}

function multipart(choose: Chooser): Buffer {
  const parts = choose.some(
    5,
    () =>
      `--XX\r\nContent-Disposition: form-data; name="${choose.pick(['user[login]', 'user[password]', 'a', ''])}"${choose.chance(0.1) ? '; filename="x"' : ''}\r\n\r\n${text(choose)}\r\n`,
  );
  return Buffer.from(`${parts.join('')}${choose.chance(0.9) ? '--XX--\r\n' : ''}`);
}

/** The same bytes, or sometimes with a few of them flipped, cut off or repeated. */
function mutated(choose: Chooser, bytes: Buffer): Buffer {
  if (bytes.length === 0 || choose.chance(0.85)) return bytes;
  const kind = choose.below(3);
  if (kind === 0) return bytes.subarray(0, choose.below(bytes.length));
  if (kind === 1) return Buffer.concat([bytes, bytes.subarray(choose.below(bytes.length))]);
  const changed = Buffer.from(bytes);
  for (let flip = 0; flip < 3; flip++) changed[choose.below(changed.length)] = choose.below(256);
  return changed;
}

function encoded(choose: Chooser, bytes: Buffer): [encoding: string, bytes: Buffer] {
  const name = choose.pick(['gzip', 'deflate', 'br'] as const);
  const packed = mutated(choose, ENCODINGS[name](bytes));
  return [choose.chance(0.9) ? name : choose.pick(['x', 'identity, gzip', 'gzip']), packed];
}

/** Bytes that are no request, or only its beginning. */
function garbage(choose: Chooser, tokens: Tokens): Buffer {
  const whole = apiRequest(choose, tokens, '');
  const kinds: readonly (() => Buffer)[] = [
    () => mutated(choose, whole.subarray(0, 1 + choose.below(whole.length))),
    () => Buffer.concat([whole, whole.subarray(0, choose.below(whole.length))]),
    () => Buffer.from(choose.some(200, () => choose.below(256))),
    () => Buffer.from([0x16, 3, 1, ...choose.some(100, () => choose.below(256))]),
    () =>
      Buffer.concat([
        whole,
        Buffer.from(
          choose.pick([
            'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
            'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n',
            'GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n',
            'GET / HTTP/9.9\r\n\r\n',
          ]),
        ),
      ]),
    () =>
      Buffer.from(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${choose.pick(['xmpp', 'x'])}\r\n\r\n${frames(choose)}`,
        'latin1',
      ),
    () =>
      Buffer.from(
        `POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: ${choose.pick(['-1', '1', 'x', '99999999999'])}\r\nTransfer-Encoding: ${choose.pick(['chunked', 'x', 'chunked, identity'])}\r\n\r\n0\r\n\r\n`,
      ),
  ];
  return choose.pick(kinds)();
}

/** Frames of a websocket client, some of them stanzas. */
function frames(choose: Chooser): string {
  const stanzas = [
    '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="x" version="1.0"/>',
    '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AHgAeA==</auth>',
    '<iq id="1"><ping/></iq>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><b>',
    '',
    'x',
  ];
  return choose
    .some(5, () => {
      const payload = Buffer.from(choose.pick(stanzas));
      const opcode = choose.pick([0x81, 0x82, 0x88, 0x89, 0x8a, 0x01, 0xff]);
      const length =
        payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
      // the mask of zeros leaves the payload as it is
      return Buffer.from([opcode, ...length, 0, 0, 0, 0, ...payload]).toString('latin1');
    })
    .join('');
}
