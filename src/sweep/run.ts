import type { ResolvedRequest } from '../http/recognize.ts';
import type { RequestObserver } from '../http/request-observer.ts';
import type { RecordedRequest } from '../sandbox/recorded-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { isObject } from '../support/values.ts';
import { type Call, countCalls, times } from './calls.ts';
import { faultOf, type SweepCase } from './cases.ts';

/** More calls than these aren't recorded. By then it is a storm. */
const MAX_CALLS = 50_000;

/** Watches one run of the command: records its calls and the users that they create, and injects the fault of a case. */
export class RunObserver implements RequestObserver {
  readonly calls: Call[] = [];
  /** The users that were created, and not deleted again: their logins, or what else identifies them. */
  readonly users: string[] = [];
  readonly #case: SweepCase | undefined;
  readonly #started = performance.now();
  readonly #counts = new Map<string, number>();
  /** Calls without an answer yet, by the headers of their requests. */
  readonly #open = new WeakMap<object, Call>();
  #hitAt: number | undefined;

  /** @param injected undefined: the baseline, without a fault */
  constructor(injected?: SweepCase) {
    this.#case = injected;
  }

  /** How long (ms) the run has taken so far. */
  get elapsed(): number {
    return performance.now() - this.#started;
  }

  fault(sandbox: Sandbox, resolved: ResolvedRequest): ReturnType<RequestObserver['fault']> {
    const { operation, request, caller } = resolved;
    if (operation === undefined) return undefined;
    const nth = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, nth);
    const at = this.elapsed;
    const isHit = this.#isHit(operation, nth, at);
    if (this.calls.length < MAX_CALLS) {
      const { method, path, headers } = request;
      // each attempt of a client has new ones
      const { timestamp: _, nonce: __, signature: ___, ...params } = request.params;
      const call: Call = {
        operation,
        nth,
        method,
        key: `${method} ${path} ${JSON.stringify(params).slice(0, 1000)}`,
        at,
        needsSession: caller.session !== undefined && usesSession(resolved),
        isHit,
        status: 0,
        hasBody: false,
      };
      this.calls.push(call);
      this.#open.set(headers, call);
    }
    if (!isHit || !this.#case) return undefined;
    this.#hitAt ??= at;
    const { effect, endsSession } = faultOf(this.#case);
    if (endsSession && caller.session) sandbox.state.sessions.delete(caller.session.token);
    return { ...effect, id: 'sweep' };
  }

  #isHit(operation: string, nth: number, at: number): boolean {
    if (this.#case?.operation !== operation) return false;
    if (nth === this.#case.nth) return true;
    return this.#hitAt !== undefined && at - this.#hitAt < (faultOf(this.#case).lasts ?? 0);
  }

  recorded({ headers, status, text, changes }: RecordedRequest): void {
    const call = this.#open.get(headers);
    if (call) {
      call.status = status;
      call.hasBody = text !== '';
    }
    for (const { collection, before, after } of changes) {
      if (collection !== 'users') continue;
      if (before === undefined && after) this.users.push(nameOf(after));
      const deleted = after === undefined && before ? this.users.lastIndexOf(nameOf(before)) : -1;
      if (deleted >= 0) this.users.splice(deleted, 1);
    }
  }
}

/** Whether the operation, or the stub that answers in its place, needs a session. */
function usesSession({ route, stub }: ResolvedRequest): boolean {
  if (stub) return stub.stub.access === 'session' || stub.stub.access === 'user';
  return route !== undefined && route.endpoint.access !== 'anyone';
}

function nameOf(user: object): string {
  if (!isObject(user)) return '';
  return String(user.login ?? user.email ?? user.full_name ?? `user ${user.id}`);
}

/** A run of the command that has ended. */
export interface Run {
  readonly calls: readonly Call[];
  readonly users: readonly string[];
  /** ms */
  readonly duration: number;
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** It was ended because it took too long. */
  readonly isHung: boolean;
  /** The last part of its output, stdout and stderr together. */
  readonly output: string;
}

/** The differences between two baselines, in words: a run that is repeatable has none. */
export function differences(first: Run, second: Run): string[] {
  const [before, after] = [countCalls(first.calls), countCalls(second.calls)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((operation) => before.get(operation) !== after.get(operation))
    .map((operation) => `${operation} ${times(before.get(operation) ?? 0)}, then ${times(after.get(operation) ?? 0)}`);
}
