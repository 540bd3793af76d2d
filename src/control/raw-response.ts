export const HTML = 'text/html; charset=utf-8';
export const MARKDOWN = 'text/markdown; charset=utf-8';
export const PLAIN_TEXT = 'text/plain; charset=utf-8';
export const JSON_SCHEMA = 'application/schema+json; charset=utf-8';
export const PEM = 'application/x-pem-file';
export const EVENT_STREAM = 'text/event-stream';
const RAW_TYPES = [HTML, MARKDOWN, PLAIN_TEXT, JSON_SCHEMA, PEM, EVENT_STREAM] as const;
/** The media types of answers that are texts. */
export type RawType = (typeof RAW_TYPES)[number];

export function isRawType(result: string): result is RawType {
  return RAW_TYPES.some((type) => type === result);
}

/** A page that loads nothing, runs no script, and sends its forms only here. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** An answer that is a text. */
export class RawResponse {
  readonly status: number;
  readonly type: Exclude<RawType, typeof EVENT_STREAM>;
  readonly text: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
  /** The address, below the control plane, to which it leads. */
  readonly location: string | undefined;

  /** @param options.policy of a page with scripts @param options.location of a redirect, below the control plane */
  constructor(
    status: number,
    type: RawResponse['type'],
    text: string,
    { policy = PAGE_POLICY, location }: { readonly policy?: string; readonly location?: string } = {},
  ) {
    this.status = status;
    this.type = type;
    this.text = text;
    this.policy = policy;
    this.location = location;
  }
}
