import type { Sdk } from './adapters.ts';
import type { Expectations } from './expectations.ts';

/** The tools of a step. */
export interface StepContext {
  readonly sdk: Sdk;
  readonly expected: Expectations;
  /** Calls the control plane of the sandbox. */
  readonly control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<Record<string, unknown>>;
}

export interface Step {
  readonly run: (context: StepContext) => Promise<unknown>;
  /** The expected result of `run`, or `refused` with the service's error. */
  readonly expects: (expected: Expectations) => unknown;
}

export type Steps = Readonly<Record<string, Step>>;

export const refused = (refusal: { readonly code: number; readonly body: unknown }) => ({ refused: refusal });
export const byLogin = ({ known }: Expectations) => ({ login: known.login, password: known.password });
