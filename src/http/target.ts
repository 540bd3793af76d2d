import type { IncomingMessage } from 'node:http';
import { sandboxPath } from '../model/addresses.ts';
import { chooseSandbox } from './sandbox-choice.ts';
import type { Handler } from './server.ts';

/**
 * A request as Express' router passes it on. It is Node's own object, with Node's own prototype: Express' helpers
 * (`request.query`, `response.json`) aren't there.
 */
export interface RoutedRequest extends IncomingMessage {
  readonly params: Readonly<Record<string, string>>;
  /** The path that the mounts have taken off `url`, those of the server around this one included. */
  baseUrl: string;
  url: string;
  /** Set where the port belongs to a sandbox. */
  readonly sandboxOfPort?: string;
}

/** A request as the server around this one passes it on: Express or Connect when it is mounted there. */
export interface MountedRequest extends IncomingMessage {
  baseUrl?: string;
  readonly originalUrl?: string;
  /** Set by a router. */
  readonly params?: Readonly<Record<string, string>>;
  sandboxOfPort?: string;
}

/** The handler of a port that belongs to a sandbox. */
export function atPortOf(sandbox: string, handler: Handler): Handler {
  return (incoming: MountedRequest, outgoing, next) => {
    incoming.sandboxOfPort = sandbox;
    handler(incoming, outgoing, next);
  };
}

/** Where in the server a request leads. */
export interface Target {
  /** The sandbox's name; empty: the server's own. */
  readonly sandbox: string;
  /** The path in front of the API's own, as the client wrote it: `/sandbox/w1`. */
  readonly mount: string;
  /** The path that leads to the same sandbox at the same port: `mount`, and the sandbox's path if only a header named it. */
  readonly home: string;
  /** The rest of its address: path and query. */
  readonly url: string;
}

/** The target of a request, as the mounts and its headers say. @throws ControlError 400: see `chooseSandbox` */
export function targetOf({ params, headers, baseUrl = '', url = '', sandboxOfPort = '' }: MountedRequest): Target {
  const inPath = params?.sandbox ?? '';
  const sandbox = chooseSandbox(inPath, headers, sandboxOfPort);
  const home = sandbox === (inPath || sandboxOfPort) ? baseUrl : baseUrl + sandboxPath(sandbox);
  return { sandbox, mount: baseUrl, home, url };
}

/** The path that Connect took off a request's `url`. It sets no `baseUrl`, but keeps the whole address in `originalUrl`. */
export function connectMount({ originalUrl = '', url = '' }: MountedRequest): string {
  const [whole] = splitUrl(originalUrl);
  const [path] = splitUrl(url);
  // where nothing is left, Connect makes it a slash
  return whole.endsWith(path) ? whole.slice(0, -path.length) : whole;
}

/** Path and query (without the question mark). */
export function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}
