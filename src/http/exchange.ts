import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorKey } from '../model/error-catalogue.ts';
import { ApiError, type Problem } from '../model/errors.ts';
import { type Behaviour, behavioursOf, faultBehaviours, stubBehaviours } from '../sandbox/behaviours.ts';
import { type RecordedRequest, recordedText } from '../sandbox/recorded-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { StateChange } from '../store/state.ts';
import { messageOf } from '../support/errors.ts';
import { cut } from '../support/printable.ts';
import { redactPath, redactQuery } from '../support/secrets.ts';
import { type ApiRequest, headerOf, type LoggedResponse } from './api-messages.ts';
import { hasBody } from './body.ts';
import { decode, decodeHead, decodeWithBody } from './decode.ts';
import { encode } from './encode.ts';
import {
  alteredAnswer,
  changesAnswer,
  faultAnswer,
  hasAnswer,
  type InjectedFault,
  injectedFault,
  runsRule,
  sendWithFault,
} from './fault-injection.ts';
import { answer, answerError } from './pipeline.ts';
import { type ResolvedRequest, recognize } from './recognize.ts';
import type { RequestLogEntry } from './request-log.ts';
import type { RequestObserver } from './request-observer.ts';
import type { MountedRequest, Target } from './target.ts';
import { checkUsage } from './usage-warnings.ts';

/** The parts of the server that the emulated API needs. */
export interface EmulatedApiDeps {
  /** The sandbox, if it is open already; most are, and need no wait. */
  openedSandbox(name: string): Sandbox | undefined;
  /** Opens a sandbox on first use. Rejects with a ControlError when it can't be created or read. */
  openSandbox(name: string): Promise<Sandbox>;
  /** The sandbox for one answer, which doesn't create it. Rejects like `openSandbox`. */
  visitSandbox(name: string): Promise<Sandbox>;
  /** Called after each request. */
  readonly log: ((entry: RequestLogEntry) => void) | undefined;
  /** The delay of the next answer, in ms: `--latency`. */
  latency(): number;
  readonly observer: RequestObserver | undefined;
}

/** Recorded in the journal instead of parameters over its limits. */
const OMITTED_PARAMS = { '': 'more than 64 kB or 2,000 values: not recorded' };

const NO_PROBLEMS: readonly Problem[] = [];
const NO_ERRORS: readonly ErrorKey[] = [];
const NO_CHANGES: readonly StateChange[] = [];

/** One request of the emulated API: decoded, recognized, answered, encoded and recorded. */
export class Exchange {
  readonly #server: EmulatedApiDeps;
  readonly #incoming: MountedRequest;
  readonly #outgoing: ServerResponse;
  readonly #target: Target;
  readonly #sandbox: Sandbox;
  readonly #started = performance.now();
  /** The sandbox's position before the request. */
  #position = 0;

  constructor(
    server: EmulatedApiDeps,
    sandbox: Sandbox,
    incoming: MountedRequest,
    outgoing: ServerResponse,
    target: Target,
  ) {
    this.#server = server;
    this.#sandbox = sandbox;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#target = target;
  }

  /**
   * Answers the request. It waits for a body, for a delay and for the disk; without these it answers before it returns, because an
   * async function runs synchronously up to its first `await`. Rejects with errors of the emulator itself alone.
   */
  async handle(): Promise<void> {
    const sandbox = this.#sandbox;
    try {
      const request = hasBody(this.#incoming)
        ? await decodeWithBody(this.#incoming, this.#target)
        : decode(this.#incoming, this.#target);
      sandbox.removeExpired();
      this.#position = sandbox.history.position;
      let resolved = recognize(sandbox, request);
      const fault = injectedFault(sandbox, resolved, this.#server.observer);
      const isLate = fault?.when === 'after';
      const delay = [isLate ? undefined : fault, resolved.stub?.stub].reduce(
        (sum, each) => sum + (each ? sandbox.faults.delayOf(each.delay) : 0),
        this.#server.latency(),
      );
      if (delay > 0) {
        await sleep(delay, undefined, { ref: false });
        // meanwhile the session may have expired, or its user may be gone
        sandbox.removeExpired();
        this.#position = sandbox.history.position;
        resolved = recognize(sandbox, request);
      }
      let response = fault && !runsRule(fault) ? faultAnswer(sandbox, resolved, fault) : answer(sandbox, resolved);
      let changes = sandbox.history.take();
      const commit = sandbox.commit();
      if (commit) {
        response = await commit.then(
          () => response,
          (error) => {
            changes = NO_CHANGES;
            return storageFailed(sandbox, resolved, error);
          },
        );
      }
      if (fault && isLate) {
        const late = sandbox.faults.delayOf(fault.delay);
        if (late > 0) await sleep(late, undefined, { ref: false });
        if (hasAnswer(fault)) response = faultAnswer(sandbox, resolved, fault, response);
      }
      this.#send(resolved, response, fault, changes);
    } catch (error) {
      // the rules' errors are answers by now: this one says that the request can't be decoded
      if (!(error instanceof ApiError)) throw error;
      this.#position = sandbox.history.position;
      const resolved = recognize(sandbox, decodeHead(this.#incoming, this.#target));
      this.#send(resolved, answerError(sandbox, resolved, error), undefined, NO_CHANGES);
    }
  }

  #send(
    resolved: ResolvedRequest,
    response: LoggedResponse,
    fault: InjectedFault | undefined,
    changes: readonly StateChange[],
  ): void {
    const { clock, faults } = this.#sandbox;
    if (!fault) {
      encode(this.#outgoing, response, clock.httpDate);
      this.#record(resolved, response, fault, changes);
      return;
    }
    const altered = alteredAnswer(response, fault);
    const isSent = sendWithFault(this.#outgoing, altered, clock.httpDate, fault, faults.delayOf(fault.trickle));
    this.#record(resolved, isSent ? altered : undefined, fault, changes);
  }

  /** Adds the request to the sandbox's journal and warnings, and to the log. @param response undefined: the connection was dropped */
  #record(
    resolved: ResolvedRequest,
    response: LoggedResponse | undefined,
    fault: InjectedFault | undefined,
    changes: readonly StateChange[],
  ): void {
    const sandbox = this.#sandbox;
    const status = response?.status ?? 0;
    const problems = response?.problems ?? NO_PROBLEMS;
    const errors = problems.length === 0 ? NO_ERRORS : problems.map(({ key }) => key);
    const { request, operation, caller } = resolved;
    const { method, params, tooLargeForJournal } = request;
    const path = redactPath(request.path);
    const duration_ms = Math.round((performance.now() - this.#started) * 1000) / 1000;
    const findings = checkUsage(resolved);
    // no spread of an object that both entries share: building them that way took a fifth of all time
    const recorded: RecordedRequest = {
      at: sandbox.clock.now(),
      method,
      sentMethod: this.#incoming.method ?? method,
      scheme: request.scheme,
      mount: this.#target.mount,
      url: this.#target.url,
      headers: request.headers,
      headSize: lengthOf(this.#incoming.rawHeaders),
      bodySize: tooLargeForJournal ? 0 : request.bodySize,
      path,
      operation,
      status,
      duration_ms,
      application: caller.app?.id ?? null,
      user_id: caller.session?.user_id ?? null,
      tag: tagOf(request),
      params: tooLargeForJournal ? OMITTED_PARAMS : params,
      errors,
      fault: fault && (fault.id ?? 'X-Emulator-Fault'),
      findings,
      changes,
      position: this.#position,
      behaviours: behaviours(resolved, problems, fault),
      sentHeaders: response?.headers,
      type: response?.type ?? '',
      text: recordedText(response?.text ?? ''),
    };
    sandbox.recordRequest(recorded);
    this.#server.observer?.recorded(recorded);
    for (const finding of findings) sandbox.requests.warnings.add(finding);
    const { log } = this.#server;
    if (!log) return;
    const hint = errors.includes('application_unknown') ? 'register it with --app id:key, or use --any-app' : undefined;
    const query = redactQuery(this.#target.url);
    log({ sandbox: sandbox.name, method, path, query, operation, status, duration_ms, errors, hint });
  }
}

/** The behaviours on which an answer rests. */
function behaviours(
  { request, route, caller, stub, operation }: ResolvedRequest,
  problems: readonly Problem[],
  fault: InjectedFault | undefined,
): readonly Behaviour[] {
  if (fault && changesAnswer(fault)) return faultBehaviours(operation);
  // the errors of a stub's own are those of its access
  if (stub && problems.length === 0) return stubBehaviours(stub.stub.name);
  const { dialect, app, hasApiKey } = caller;
  const isEmulated = !stub && route && !dialect.missingOperations.has(route.endpoint.operation);
  return behavioursOf({
    row: isEmulated ? route.endpoint : undefined,
    params: request.params,
    problems,
    dialect,
    settings: app?.settings,
    hasApiKey,
  });
}

/** The length of texts together. It runs for each request: a plain loop. */
function lengthOf(texts: readonly string[]): number {
  let length = 0;
  for (let at = 0; at < texts.length; at++) length += texts[at]?.length ?? 0;
  return length;
}

/** The value of the header that a test marks its requests with. */
function tagOf(request: ApiRequest): string | undefined {
  const tag = headerOf(request, 'x-emulator-request-tag');
  return tag === undefined ? undefined : cut(tag, 200);
}

/** The answer to a request whose change could not be stored, and was rolled back. */
function storageFailed(sandbox: Sandbox, resolved: ResolvedRequest, cause: unknown): LoggedResponse {
  const error = new ApiError([{ key: 'storage_failed', params: { reason: messageOf(cause) } }]);
  return answerError(sandbox, resolved, error);
}
