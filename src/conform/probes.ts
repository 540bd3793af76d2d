import type { Probe } from './calls.ts';
import { CALLER_PROBES, TRANSPORT_PROBES, USER_PROBES } from './error-probes.ts';
import { FAREWELL_PROBES, OPERATION_PROBES } from './operation-probes.ts';
import { QUERY_PROBES } from './query-probes.ts';

/** All questions, in the order in which a service gets them. Rows follow from the first question about them that is asked. */
export const PROBES: readonly Probe[] = [
  ...OPERATION_PROBES,
  ...CALLER_PROBES,
  ...USER_PROBES,
  ...QUERY_PROBES,
  ...FAREWELL_PROBES,
  ...TRANSPORT_PROBES,
];

/** The rows that have no question, with the reasons. `test/conform` checks that all others have one. */
export const NEVER_ASKED: Readonly<Record<string, string>> = {
  'operation:users.password_reset': 'a success sends a mail',
  'operation:users.password_reset (POST /users/password/reset)': 'a success sends a mail',
  'error:too_many_requests': 'it would take a burst of requests',
  'error:internal_error': 'the service would have to fail',
  'error:service_unavailable': 'the service would have to fail',
  'setting:allow_list_users': 'from outside it looks like disable_list_users_v1',
  'setting:account_owner': 'only the login of the owner shows it',
  'setting:api_key': 'only the key shows it',
  'setting:rate_limit': 'it would take a burst of requests',
};

/**
 * Guesses, by their notes in the tables, that the questions about their rows don't settle, with the reasons; undefined: questions
 * with guesses of their own do.
 */
export const NEVER_SETTLED: Readonly<Record<string, string | undefined>> = {
  'who counts as online': 'it depends on what other users do',
  'which phones are refused': 'there are too many forms of phone numbers',
  'the body of a password reset and of a deletion by external id': undefined,
};
