import { JOURNAL_LIMITS, type JournalLimits } from '../sandbox/journal-limits.ts';
import { choicesOf, defineOption, GENERAL } from './option-row.ts';
import { type LogFormat, readFlag, readJournal } from './values.ts';

/** The options about what the server records, prints and shows. */
export const OUTPUT_OPTIONS = {
  /** How many requests the journal of each sandbox holds, and how many bytes of them. */
  journal: defineOption<JournalLimits>({
    flags: '--journal <entries[:bytes]>',
    group: GENERAL,
    help: 'hold at most this many requests in the journal, and this many bytes of them, such as 5000:64MB',
    default: JOURNAL_LIMITS,
    defaultText: '1000:16MB',
    read: readJournal,
  }),
  /** The form of the request log. */
  log: defineOption<LogFormat | undefined>({
    flags: '--log <pretty|json|silent>',
    group: GENERAL,
    help: 'log requests in this format',
    default: undefined,
    defaultText: 'pretty on a terminal, otherwise json',
    ...choicesOf('pretty', 'json', 'silent'),
  }),
  /** Prints a line of JSON instead of the banner. */
  json: defineOption<boolean>({
    flags: '--json',
    group: GENERAL,
    help: 'when the server is ready, print one line of JSON instead of the banner',
    default: false,
    read: readFlag,
  }),
  /** Shows the console in a browser. */
  open: defineOption<boolean>({
    flags: '--open',
    group: GENERAL,
    help: 'open the console in the browser',
    default: false,
    read: readFlag,
    only: ['start'],
  }),
};
