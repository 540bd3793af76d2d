import { evidenceText } from '../model/evidence.ts';
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
    usage: 'evidence',
    summary: 'list the evidence for the answers so far: operations, errors and settings',
    details:
      'The least certain come first. exec ends with the evidence of its whole run, over all sandboxes, and --fail-on makes it a condition.',
    run: (emulator) => emulator.evidence(),
    show: ({ items }) =>
      table(
        items,
        {
          level: ({ level }) => level,
          behaviour: ({ of, dialect }) => (dialect === undefined ? of : `${of} (${dialect})`),
          answers: ({ count }) => count,
          first: ({ first_request: { id, method, path } }) => `${id} ${method} ${path}`,
          evidence: ({ note }) => note,
        },
        'no answers',
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
