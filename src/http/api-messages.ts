import type { IncomingHttpHeaders } from 'node:http';
import type { Params } from '../core/context.ts';
import type { Format } from '../dialects/dialect.ts';

/** A request of the emulated API, decoded. */
export interface ApiRequest {
  readonly method: string;
  /** Without sandbox, suffix and query, one slash between segments; in these, only `%2F` and `%25` are still encoded. */
  readonly path: string;
  /** From the suffix; null without one. */
  readonly suffix: Format | null;
  /** Query and body together; where both have a parameter, the body's. */
  readonly params: Params;
  /** There is more in it than the journal has room for. */
  readonly tooLargeForJournal: boolean;
  readonly headers: IncomingHttpHeaders;
  /** The address of the sandbox as the client wrote it. */
  readonly baseUrl: string;
}

/** An answer of the emulated API. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string;
  readonly text: string;
}

/** An answer, with the keys of the errors in it. */
export type LoggedResponse = ApiResponse & { readonly errors: readonly string[] };
