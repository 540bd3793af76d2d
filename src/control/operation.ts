import type * as v from 'valibot';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { messageOf } from '../support/errors.ts';
import { ControlError } from './control-error.ts';
import type { ControlledServer } from './controlled-server.ts';
import type { Results } from './results.ts';
import { readInput } from './schemas.ts';

/**
 * An operation of the control plane: the same over HTTP, in process and on the command line.
 * @typeParam I its input: the fields of path, query and body together
 * @typeParam K the name of its result
 */
export interface Operation<I = unknown, K extends keyof Results = keyof Results> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/_emulator`; `:name` stands for one segment, or the part of one before a suffix. */
  readonly path: string;
  /** One line for the OpenAPI document. */
  readonly summary: string;
  readonly input: v.GenericSchema<I, unknown>;
  /** Set where the whole body is one field of the input. Without it, the body's own fields are fields of the input. */
  readonly body?: WholeBody;
  readonly result: K;
  /** Callable without the admin token: followed as a link, opened by a browser, or polled by a probe. */
  readonly public?: true;
  /** @throws ControlError 422 for input that doesn't fit, or the operation's own */
  readonly run: Run<unknown, K>;
}

export interface WholeBody {
  /** The field of the input. */
  readonly field: string;
  /** Its schema in the OpenAPI document; the operation itself checks it. */
  readonly schema: 'Fixture' | 'Settings' | 'UserInput';
  /** It may be as large as Node.js can hold. */
  readonly unlimited?: true;
}

/** @param signal aborted when the caller no longer waits for the answer */
type Run<I, K extends keyof Results> = (
  sandbox: Sandbox,
  input: I,
  server: ControlledServer,
  signal?: AbortSignal,
) => Results[K] | Promise<Results[K]>;

interface Row<I, O, K extends keyof Results> extends Omit<Operation<I, K>, 'input' | 'body' | 'run'> {
  readonly input: v.GenericSchema<I, O>;
  readonly body?: WholeBody & { readonly field: NoInfer<keyof I> };
  readonly run: Run<O, K>;
}

/** Makes an operation from its row. `run` gets the input as the schema has read it. */
export function defineOperation<I, O, K extends keyof Results>(row: Row<I, O, K>): Operation<I, K> {
  return {
    ...row,
    run: (sandbox, input, server, signal) => row.run(sandbox, readInput(row.input, input), server, signal),
  };
}

/** Where a field of an operation's input travels over HTTP. `app`, which selects the application, is always in the query. */
export function locationOf(
  { method, path, body }: Pick<Operation, 'method' | 'path' | 'body'>,
  field: string,
): 'path' | 'query' | 'body' {
  if (path.match(/:\w+/g)?.includes(`:${field}`)) return 'path';
  if (method === 'GET' || field === 'app') return 'query';
  return body === undefined || body.field === field ? 'body' : 'query';
}

/**
 * Runs an operation in a sandbox. The answer waits until the change is stored.
 * @param input the fields of path, query and body together, as the caller gave them
 * @throws ControlError 422 for input that doesn't fit, 503 when the change can't be stored, or the operation's own
 */
export async function execute<K extends keyof Results>(
  sandbox: Sandbox,
  operation: Operation<unknown, K>,
  input: unknown,
  server: ControlledServer,
  signal?: AbortSignal,
): Promise<Results[K]> {
  sandbox.removeExpired();
  const running = operation.run(sandbox, input, server, signal);
  const changes = sandbox.history.take();
  // In the same tick as the change: a later commit could be another request's.
  const stored = orRefused(sandbox, sandbox.commit());
  const announced = changes.length === 0 ? stored : Promise.resolve(stored).then(() => sandbox.announce(changes));
  const [result] = await Promise.all([running, announced]);
  return result;
}

/** Waits until a change is stored. @throws ControlError 503 when it was rolled back instead */
export function orRefused(sandbox: Sandbox, commit: Promise<void> | undefined): Promise<void> | undefined {
  return commit?.catch((error: unknown) => {
    // readers that have the events of the change already have to load everything again
    sandbox.events.emit('reset', { cause: 'missed' });
    throw new ControlError(503, `the change could not be stored: ${messageOf(error)}`);
  });
}
