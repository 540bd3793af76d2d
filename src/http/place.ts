import type { IncomingMessage } from 'node:http';

/** Where in the server a request leads. */
export interface Place {
  /** The sandbox' name; empty: the server's own. */
  readonly sandbox: string;
  /** What the client wrote before that which is the sandbox' own: `/sandbox/w1`. */
  readonly mount: string;
  /** The rest of its address: path and query. */
  readonly url: string;
}

const SANDBOX = /^\/sandbox\/([^/?]+)/;

/** The place of a request: whatever the emulator is mounted below, and `/sandbox/<name>`, are taken off its address. */
export function placeOf(request: IncomingMessage): Place {
  const url = request.url!;
  // in a Connect or Express server: what it has taken off already
  const { baseUrl = '' } = request as { baseUrl?: string };
  const sandbox = url.startsWith('/sandbox/') ? SANDBOX.exec(url) : null;
  if (!sandbox) return { sandbox: '', mount: baseUrl, url };
  const [mount, name] = sandbox as unknown as [string, string];
  const rest = url.slice(mount.length);
  return { sandbox: name, mount: baseUrl + mount, url: rest.startsWith('/') ? rest : `/${rest}` };
}
