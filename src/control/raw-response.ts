/** An answer that isn't JSON. */
export class RawResponse {
  readonly status: number;
  /** Its media type, with the charset. */
  readonly type: string;
  readonly text: string;

  constructor(status: number, type: string, text: string) {
    this.status = status;
    this.type = type;
    this.text = text;
  }
}
