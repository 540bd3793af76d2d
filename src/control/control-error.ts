/** An error of the control plane: an RFC 9457 problem document, and the same as an exception in process. */
export class ControlError extends Error {
  readonly status: number;
  /** Members of the document beside status, title and detail. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(status: number, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'ControlError';
    this.status = status;
    this.extensions = more;
  }

  /** The problem document. @param title the status' own words */
  toProblem(title: string): Record<string, unknown> {
    return { type: 'about:blank', title, status: this.status, detail: this.message, ...this.extensions };
  }
}
