/** A call that the command made. */
export interface Call {
  readonly operation: string;
  /** Counts the calls of the operation from 1, in the order in which they came in. */
  readonly nth: number;
  readonly method: string;
  /** Method, path and parameters, without those of a signature: a call that is repeated has the same. */
  readonly key: string;
  /** When it came in: ms since the start of the run. */
  readonly at: number;
  /** It fails without a session. */
  readonly needsSession: boolean;
  /** The fault of the case hit it. */
  readonly isHit: boolean;
  /** The status of its answer; 0: none, or not yet. */
  status: number;
  hasBody: boolean;
}

/** `once`, `3 times` */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** How often each operation was called. */
export function countCalls(calls: readonly Call[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return counts;
}
