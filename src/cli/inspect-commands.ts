import { RequestFilter } from '../control/operations/requests.ts';
import { readInput } from '../control/schemas.ts';
import { evidenceText } from '../model/evidence.ts';
import { definedFields } from '../support/values.ts';
import { after, defineCommand } from './client-command.ts';
import { pairs, table } from './print.ts';

/** Commands that show what happened, and what is emulated. */
export const inspectCommands = [
  defineCommand({
    usage: 'outbox',
    summary: 'list the mails that the service would have sent',
    details: 'The newest comes first.',
    options: {
      '--to <address>': 'only mails to this address',
      '--wait <duration>': 'wait for a mail, at most this long, such as 10s',
      '--clear': 'delete all mails; their links stop working',
    },
    examples: [['users-emulator outbox --to dacia_k@domain.com --wait 10s', 'wait for a reset mail']],
    run: async (emulator, _, { to, wait, clear }) => {
      if (clear) return after(emulator.outbox.clear(), []);
      const filter = to === undefined ? {} : { to };
      if (wait !== undefined) await emulator.outbox.waitFor({ ...filter, timeout: wait });
      return emulator.outbox.list(filter);
    },
    show: (mails) =>
      mails
        .map(({ created_at, to, subject, link }) => pairs({ [created_at]: to, '': subject, ' ': link }))
        .join('\n\n') || 'no mails',
  }),
  defineCommand({
    usage: 'requests',
    summary: 'list the requests received',
    details: 'The oldest comes first. Without options, all of the last 1,000.',
    options: {
      '--operation <name>': 'only calls of this operation, such as users.create',
      '--path <path>': 'only requests to this path; * matches any text',
      '--tag <tag>': 'only requests with this X-Emulator-Request-Tag header',
      '--status <status>': 'only requests answered with this status, such as 422',
    },
    examples: [["users-emulator requests --path '/users/*' --status 404", 'users that were not found']],
    run: (emulator, _, { operation, path, tag, status }) =>
      emulator.requests.list(definedFields(readInput(RequestFilter, { operation, path, tag, status }))),
    show: (requests) =>
      table(
        requests,
        {
          time: ({ time }) => time,
          status: ({ status }) => status || 'dropped',
          request: ({ method, path }) => `${method} ${path}`,
          operation: ({ operation }) => operation,
          user: ({ user_id }) => user_id,
          ms: ({ duration_ms }) => duration_ms,
          notes: ({ errors, fault, warnings, tag }) =>
            [...errors, fault, ...warnings, tag && `#${tag}`].filter(Boolean).join(', ') || null,
        },
        'no requests',
      ),
  }),
  defineCommand({
    usage: 'warnings',
    summary: 'list the calls that are deprecated or not documented',
    run: (emulator) => emulator.warnings(),
    show: (warnings) =>
      table(
        warnings,
        {
          count: ({ count }) => count,
          kind: ({ kind }) => kind,
          operation: ({ operation }) => operation,
          message: ({ message }) => message,
        },
        'no warnings',
      ),
  }),
  defineCommand({
    usage: 'coverage',
    summary: 'list the emulated operations, and the evidence for each',
    details: 'With --json, also the errors and the settings.',
    run: (emulator) => emulator.coverage(),
    show: ({ endpoints }) =>
      table(
        endpoints,
        {
          operation: ({ operation }) => operation,
          route: ({ method, path }) => `${method} ${path}`,
          status: ({ status }) => status,
          evidence: ({ evidence, deprecated }) => `${evidenceText(evidence)}${deprecated ? '; deprecated' : ''}`,
        },
        'nothing',
      ),
  }),
];
