import type { Request } from 'express';

/** Where in the server a request leads. */
export interface Target {
  /** The sandbox' name; empty: the server's own. */
  readonly sandbox: string;
  /** What the client wrote before that which is the sandbox' own: `/sandbox/w1`. */
  readonly mount: string;
  /** The rest of its address: path and query. */
  readonly url: string;
}

/** The place of a request, as Express' mounts have found it. */
export function targetOf({ params, baseUrl, url }: Request<{ sandbox?: string }>): Target {
  return { sandbox: params.sandbox ?? '', mount: baseUrl, url };
}
