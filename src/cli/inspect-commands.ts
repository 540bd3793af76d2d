import { evidenceText } from '../model/evidence.ts';
import { defineCommand, done } from './client-command.ts';
import { pairs, table } from './print.ts';

/** What was sent, asked and emulated. */
export const observingCommands = [
  defineCommand({
    usage: 'outbox',
    help: 'the mails that the service would have sent, newest first',
    options: [
      ['--to <address>', 'only mails to this address'],
      ['--wait <span>', 'wait until there is one, e.g. 10s'],
      ['--clear', 'empty the outbox; the links of its mails end'],
    ],
    run: async (emulator, _, { to, wait, clear }) => {
      if (clear) return done(emulator.outbox.clear(), []);
      const of = typeof to === 'string' ? { to } : {};
      if (typeof wait === 'string') await emulator.outbox.waitFor({ ...of, timeout: wait });
      return emulator.outbox.list(of);
    },
    show: (mails) =>
      mails
        .map(({ created_at, to, subject, link }) => pairs({ [created_at]: to, '': subject, ' ': link }))
        .join('\n\n') || 'no mails',
  }),
  defineCommand({
    usage: 'requests',
    help: 'the requests that were made, oldest first',
    options: [
      ['--operation <name>', 'e.g. users.create'],
      ['--path <path>', '* stands for any text'],
      ['--tag <tag>', 'the value of their X-Emulator-Request-Tag header'],
      ['--status <status>', 'e.g. 422'],
    ],
    run: (emulator, _, { operation, path, tag, status }) =>
      emulator.requests.list({ operation, path, tag, status } as Record<string, string>),
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
          notes: ({ errors, fault, tag }) => [...errors, fault, tag && `#${tag}`].filter(Boolean).join(', ') || null,
        },
        'no requests',
      ),
  }),
  defineCommand({
    usage: 'warnings',
    help: 'calls that are deprecated, or that the documents do not know',
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
    help: 'what is emulated, and on what evidence; errors and settings with --json',
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
