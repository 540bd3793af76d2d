import type { Sdk } from './adapters.ts';
import type { Cast } from './expectations.ts';

/** What the steps work with. */
export interface Stage {
  readonly sdk: Sdk;
  readonly cast: Cast;
  /** Calls the control plane of the sandbox. */
  readonly control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<Record<string, unknown>>;
}

export interface Step {
  readonly run: (stage: Stage) => Promise<unknown>;
  /** What `run` answers, or `refused` with what the service says. */
  readonly gives: (cast: Cast) => unknown;
}

export type Steps = Readonly<Record<string, Step>>;

export const refused = (refusal: { readonly code: number; readonly body: unknown }) => ({ refused: refusal });
export const byLogin = ({ known }: Cast) => ({ login: known.login, password: known.password });
