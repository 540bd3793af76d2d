import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../model/errors.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { messageOf } from '../support/errors.ts';
import { hasBody } from './body.ts';
import { decode, decodeHead, decodeWithBody } from './decode.ts';
import { encode } from './encode.ts';
import { drop, faultOf, faultResponse, type InjectedFault } from './fault-injection.ts';
import type { LoggedResponse } from './messages.ts';
import { answer, answerError, type ResolvedRequest, recognize } from './pipeline.ts';
import type { RequestLogEntry } from './request-log.ts';
import { type RoutedRequest, type Target, targetOf } from './target.ts';
import { checkUsage } from './usage-warnings.ts';

/** What the emulated API needs of the server around it. */
export interface EmulatedApiDeps {
  sandbox(name: string): Sandbox;
  /** Called after each request. */
  log(entry: RequestLogEntry): void;
  /** The delay of the next answer, in ms: `--latency`. */
  latency(): number;
}

/** Stands in the journal for parameters over its limits. */
const OMITTED_PARAMS = { '': 'more than 64 kB or 2,000 values: not kept' };

/** One request of the emulated API: decoded, recognized, answered, encoded and recorded. */
export class Exchange {
  readonly #server: EmulatedApiDeps;
  readonly #http: RoutedRequest;
  readonly #response: ServerResponse;
  readonly #target: Target;
  readonly #sandbox: Sandbox;
  readonly #started = performance.now();

  /** @throws ControlError when the address names a sandbox that can't be made */
  constructor(server: EmulatedApiDeps, http: RoutedRequest, response: ServerResponse) {
    this.#server = server;
    this.#http = http;
    this.#response = response;
    this.#target = targetOf(http);
    this.#sandbox = server.sandbox(this.#target.sandbox);
  }

  /**
   * Answers the request. It waits for a body, for a delay and for the disk; without these it answers before it returns, because an
   * async function runs synchronously up to its first `await`. Rejects with errors of the emulator itself alone.
   */
  async handle(): Promise<void> {
    const sandbox = this.#sandbox;
    try {
      const call = hasBody(this.#http)
        ? await decodeWithBody(this.#http, this.#response, this.#target)
        : decode(this.#http, this.#target);
      sandbox.removeExpired();
      let request = recognize(sandbox, call);
      const fault = faultOf(sandbox, request);
      const delay = (fault ? sandbox.faults.delayOf(fault) : 0) + this.#server.latency();
      if (delay > 0) {
        await sleep(delay, undefined, { ref: false });
        // meanwhile the session may have ended, or its user may be gone
        request = recognize(sandbox, call);
      }
      if (fault?.drop) {
        drop(this.#response, fault.drop);
        this.#record(request, 0, [], fault);
        return;
      }
      let reply = fault?.error || fault?.status ? faultResponse(sandbox, request, fault) : answer(sandbox, request);
      const commit = sandbox.commit();
      if (commit)
        reply = await commit.then(
          () => reply,
          (error) => storageFailed(sandbox, request, error),
        );
      this.#send(request, reply, fault);
    } catch (error) {
      // the rules' errors are answers by now: this one says that the request can't be decoded
      if (!(error instanceof ApiError)) throw error;
      const request = recognize(sandbox, decodeHead(this.#http, this.#target));
      this.#send(request, answerError(sandbox, request, error), undefined);
    }
  }

  #send(request: ResolvedRequest, reply: LoggedResponse, fault: InjectedFault | undefined): void {
    encode(this.#response, reply, this.#sandbox.clock.httpDate, this.#http.method === 'HEAD');
    this.#record(request, reply.status, reply.errors, fault);
  }

  /** Adds the request to the sandbox's journal and warnings and to the log. @param status 0: the connection was broken */
  #record(request: ResolvedRequest, status: number, errors: readonly string[], fault: InjectedFault | undefined): void {
    const sandbox = this.#sandbox;
    const { call, route, caller } = request;
    const { method, path, params, headers, tooLargeForJournal } = call;
    const duration_ms = Math.round((performance.now() - this.#started) * 1000) / 1000;
    const operation = route?.endpoint.operation;
    const findings = checkUsage(request);
    // written out: objects that begin as a copy of another (`...line`) took a fifth of all time
    sandbox.journal.add({
      at: sandbox.clock.now(),
      method,
      path,
      operation,
      status,
      duration_ms,
      application: caller.app?.id ?? null,
      user_id: caller.session?.user_id ?? null,
      tag: headers['x-emulator-request-tag'] as string | undefined,
      params: tooLargeForJournal ? OMITTED_PARAMS : params,
      errors,
      fault: fault && (fault.id ?? 'X-Emulator-Fault'),
      findings,
    });
    for (const finding of findings) sandbox.warnings.add(finding);
    for (const look of sandbox.watchers) look();
    const hint = errors.includes('application_unknown') ? 'register it with --app id:key, or use --any-app' : undefined;
    this.#server.log({ sandbox: sandbox.name, method, path, operation, status, duration_ms, errors, hint });
  }
}

/** The answer to a request whose change could not be stored, and was rolled back. */
function storageFailed(sandbox: Sandbox, request: ResolvedRequest, cause: unknown): LoggedResponse {
  const error = new ApiError([{ key: 'storage_failed', params: { reason: messageOf(cause) } }]);
  return answerError(sandbox, request, error);
}
