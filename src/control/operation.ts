import type * as v from 'valibot';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { ControlError } from './control-error.ts';
import type { ControlledServer } from './controlled-server.ts';
import { readInput } from './schemas.ts';

/** One row of the control plane: the same over HTTP, in process and on the command line. */
export interface Operation<I = never, R = unknown> {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/_emulator`; `:name` stands for one segment. */
  readonly path: string;
  /** What goes in: path, query and body together. */
  readonly input: v.GenericSchema<unknown, I>;
  /** The part of the input that is the whole body, whatever is in it. Without it, the body's fields are parts of the input. */
  readonly bodyField?: string;
  /** Its body may be as large as can be read. */
  readonly unlimitedBody?: true;
  /** `signal` ends when nobody waits for the answer any more. */
  readonly run: (sandbox: Sandbox, input: I, server: ControlledServer, signal?: AbortSignal) => R | Promise<R>;
  /** Needs no admin token: it is meant for whoever follows a link, or waits for the server. */
  readonly public?: true;
  /** The type of its answer, where that isn't JSON. */
  readonly type?: string;
  readonly summary: string;
}

/** A row with its input's type inferred. */
export function defineOperation<S extends v.GenericSchema<unknown, unknown>, R>(
  row: Omit<Operation<v.InferOutput<S>, R>, 'input'> & { readonly input: S },
): Operation<v.InferOutput<S>, R> {
  return row as unknown as Operation<v.InferOutput<S>, R>;
}

/** Where a field of an operation's input travels over HTTP. `app`, which selects the application, is always in the query. */
export function locationOf(
  { method, path, bodyField }: Pick<Operation, 'method' | 'path' | 'bodyField'>,
  field: string,
): 'path' | 'query' | 'body' {
  if (path.match(/:\w+/g)?.includes(`:${field}`)) return 'path';
  if (method === 'GET' || field === 'app') return 'query';
  return bodyField === undefined || bodyField === field ? 'body' : 'query';
}

/**
 * Runs an operation in a sandbox, whichever way it was asked for. The answer waits until what changed is kept.
 * @param given path, query and body together
 * @throws ControlError
 */
export async function execute(
  sandbox: Sandbox,
  { input, run }: Operation,
  given: unknown,
  server: ControlledServer,
  signal?: AbortSignal,
): Promise<unknown> {
  const read = readInput(input, given);
  sandbox.removeExpired();
  const running = run(sandbox, read, server, signal);
  // in the turn of the change: later, another request could have taken the change along
  const kept = sandbox.commit()?.catch(({ message }: Error) => {
    throw new ControlError(503, `the change could not be kept: ${message}`);
  });
  const [result] = await Promise.all([running, kept]);
  return result;
}
