import type { FaultEffect } from '../sandbox/faults.ts';
import type { RecordedRequest } from '../sandbox/recorded-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ResolvedRequest } from './recognize.ts';

/** Sees every request of the emulated API, in all sandboxes and despite resets, and may make it fail. */
export interface RequestObserver {
  /** Called before the request is answered. @returns the fault that hits it, before those of its header and its sandbox */
  fault(sandbox: Sandbox, resolved: ResolvedRequest): (FaultEffect & { readonly id: string }) | undefined;
  /** Called with the request and its answer, as the journal records them. */
  recorded(request: RecordedRequest): void;
}
