import { boundedProblems, cut } from '../support/printable.ts';

/** The longest detail (characters): it may repeat input. */
const MAX_DETAIL = 4000;

/** A refused call of the control plane: over HTTP a problem document (RFC 9457), in process an exception with the same facts. */
export class ControlError extends Error {
  /** The HTTP status, also in process: 404 when something doesn't exist, 409 for a conflict, 422 for input that doesn't fit. */
  readonly status: number;
  /** Further members of the problem document, such as `problems`: every problem of an input, in words. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(status: number, detail: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(cut(detail, MAX_DETAIL));
    this.name = 'ControlError';
    this.status = status;
    const { problems } = extensions;
    this.extensions = Array.isArray(problems) ? { ...extensions, problems: boundedProblems(problems) } : extensions;
  }

  /** The problem document. @param title the reason phrase of the status */
  toProblem(title: string): Record<string, unknown> {
    return { type: 'about:blank', title, status: this.status, detail: this.message, ...this.extensions };
  }
}

/** The end of a message about an unknown name: `the snapshots are: a, b`, or `there are no snapshots`. */
export function listKnown(plural: string, names: readonly (string | number)[]): string {
  return names.length > 0 ? `the ${plural} are: ${names.join(', ')}` : `there are no ${plural}`;
}
