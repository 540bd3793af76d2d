import { CHAT_STEPS } from './chat-steps.ts';
import { QUERY_STEPS } from './query-steps.ts';
import { SESSION_STEPS } from './session-steps.ts';
import type { Step } from './step.ts';
import { USER_STEPS } from './user-steps.ts';

/** The journey: each step continues from the state after the step before. */
const JOURNEY = { ...SESSION_STEPS, ...QUERY_STEPS, ...CHAT_STEPS, ...USER_STEPS };

export type StepName = keyof typeof JOURNEY;
/** The steps that neither need users of the seed nor leave anything behind: they can be sent to the real service, too. */
export const STATELESS: readonly StepName[] = [
  'a call without a session',
  'a session of the application',
  'a session signed with SHA-256',
];

export const STEPS = Object.entries(JOURNEY) as [StepName, Step][];
