import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../model/errors.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { hasBody } from './body.ts';
import { decode, decodeHead, decodeWithBody } from './decode.ts';
import { encode } from './encode.ts';
import { drop, faultOf, faultResponse, type InjectedFault } from './fault-injection.ts';
import type { ApiRequest, LoggedResponse } from './messages.ts';
import { answer, answerError, type ResolvedRequest, recognize } from './pipeline.ts';
import type { RequestLogEntry } from './request-log.ts';
import type { Target } from './target.ts';
import { checkUsage } from './usage-warnings.ts';

/** What the emulated API needs of the server around it. */
export interface EmulatedApiDeps {
  sandbox(name: string): Sandbox;
  /** Told of every request served. */
  log(line: RequestLogEntry): void;
  /** The delay (ms) of every answer: `--latency`. */
  latency(): number;
  /** Told of errors of the emulator itself: answers somehow. */
  failed(response: ServerResponse, error: unknown): void;
}

/** One request of the emulated API: bytes to Call, the pipeline, Reply to bytes, and a line in the journal. */
export class Exchange {
  readonly #server: EmulatedApiDeps;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #place: Target;
  readonly #sandbox: Sandbox;
  readonly #started = performance.now();

  /** @throws ControlError when there can be no such sandbox */
  constructor(server: EmulatedApiDeps, request: IncomingMessage, response: ServerResponse, place: Target) {
    this.#server = server;
    this.#request = request;
    this.#response = response;
    this.#place = place;
    this.#sandbox = server.sandbox(place.sandbox);
  }

  /** Answers. Errors of the emulator itself go to `failed`. */
  handle(): void {
    if (hasBody(this.#request)) {
      decodeWithBody(this.#request, this.#response, this.#place)
        .then((call) => this.#serve(call))
        .catch((error) => this.#failed(error));
    } else {
      try {
        this.#serve(decode(this.#request, this.#place));
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  #serve(call: ApiRequest): void {
    const sandbox = this.#sandbox;
    sandbox.removeExpired();
    const request = recognize(sandbox, call);
    const fault = faultOf(sandbox, request);
    const delay = (fault ? sandbox.faults.delayOf(fault) : 0) + this.#server.latency();
    if (fault === undefined && delay === 0) this.#finish(request, undefined);
    else this.#later(call, request, fault, delay);
  }

  #later(call: ApiRequest, request: ResolvedRequest, fault: InjectedFault | undefined, delay: number): void {
    setTimeout(() => {
      try {
        // time has passed: what was true of the caller may no longer be
        this.#strike(delay > 0 ? recognize(this.#sandbox, call) : request, fault);
      } catch (error) {
        this.#failed(error);
      }
    }, delay).unref();
  }

  #strike(request: ResolvedRequest, fault: InjectedFault | undefined): void {
    if (fault?.drop) {
      drop(this.#response, fault.drop);
      this.#note(request, 0, [], fault.id ?? 'X-Emulator-Fault');
    } else this.#finish(request, fault);
  }

  #finish(request: ResolvedRequest, fault: InjectedFault | undefined): void {
    const sandbox = this.#sandbox;
    const reply =
      fault && (fault.error || fault.status) ? faultResponse(sandbox, request, fault) : answer(sandbox, request);
    const kept = sandbox.commit();
    if (!kept) this.#write(request, reply, fault);
    else
      kept
        .then(
          () => this.#write(request, reply, fault),
          ({ message: reason }: Error) => {
            const error = new ApiError([{ key: 'storage_failed', params: { reason } }]);
            this.#write(request, answerError(sandbox, request, error), fault);
          },
        )
        .catch((error) => this.#failed(error));
  }

  #write(request: ResolvedRequest, reply: LoggedResponse, fault: InjectedFault | undefined): void {
    encode(this.#response, reply, this.#sandbox.clock.httpDate, this.#request.method === 'HEAD');
    this.#note(request, reply.status, reply.errors, fault && (fault.id ?? 'X-Emulator-Fault'));
  }

  #note(request: ResolvedRequest, status: number, errors: readonly string[], fault: string | undefined): void {
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
      params: tooLargeForJournal ? BULKY : params,
      errors,
      fault,
      findings,
    });
    for (const finding of findings) sandbox.warnings.add(finding);
    for (const look of sandbox.watchers) look();
    const hint = errors.includes('application_unknown') ? 'register it with --app id:key, or use --any-app' : undefined;
    this.#server.log({ sandbox: sandbox.name, method, path, operation, status, duration_ms, errors, hint });
  }

  /** A request that can't be decoded is answered and noted like any other; other errors are the emulator's own. */
  #failed(error: unknown): void {
    if (error instanceof ApiError) {
      const request = recognize(this.#sandbox, decodeHead(this.#request, this.#place));
      this.#write(request, answerError(this.#sandbox, request, error), undefined);
    } else this.#server.failed(this.#response, error);
  }
}

/** What the journal keeps of parameters that it has no room for. */
const BULKY = { '': 'more than 64 kB or 2,000 values: not kept' };
