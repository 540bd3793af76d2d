import type { IncomingHttpHeaders } from 'node:http';
import type { Params } from '../core/context.ts';
import type { Format } from '../dialects/dialect.ts';
import type { Problem } from '../model/errors.ts';

/** A request of the emulated API, decoded. */
export interface ApiRequest {
  /** HEAD is GET here. */
  readonly method: string;
  /** Without sandbox, suffix and query, and with single slashes. It is decoded, except `%2F` and `%25` inside of a segment. */
  readonly path: string;
  /** The format that the path's suffix asks for; null without one. */
  readonly suffix: Format | null;
  /** Query and body together; the body wins where both have a parameter. */
  readonly params: Params;
  /** The parameters of the query alone. */
  readonly query: Params;
  /** The size of its body, in bytes. */
  readonly bodySize: number;
  /** The journal leaves the parameters out. */
  readonly tooLargeForJournal: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly scheme: 'http' | 'https';
  /** The sandbox's address, whether the client named it by path or by header: `http://127.0.0.1:4230/sandbox/w1`. */
  readonly baseUrl: string;
}

/** A response of the emulated API. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string;
  readonly text: string;
}

/** A response with the problems that it reports, for journal and log. */
export type LoggedResponse = ApiResponse & { readonly problems: readonly Problem[] };

/** The value of a header, of several joined ones if the client repeats it; undefined when it is missing. */
export function headerOf({ headers }: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
