import type { JudgedEvidence } from '../control/run-evidence.ts';
import { choicesOf, defineOption, EVIDENCE } from './option-row.ts';
import { readFlag, readText } from './values.ts';

/** Levels of evidence with which `--fail-on` fails a run. */
export type FailLevel = 'guess' | 'sdk' | 'log';

/** The options about the evidence of answers. */
export const EVIDENCE_OPTIONS = {
  /** Which evidence of an error counts: that of its wording and its rule, or of the rule alone. */
  evidence: defineOption<JudgedEvidence>({
    flags: '--evidence <wording|rule>',
    group: EVIDENCE,
    help: 'judge the evidence of errors with their wording, or by their rule alone, for tests that read no wordings',
    default: 'wording',
    ...choicesOf('wording', 'rule'),
  }),
  /** Fails a run whose answers rest on evidence of this level, or on weaker evidence. */
  failOn: defineOption<FailLevel | undefined>({
    flags: '--fail-on <guess|sdk|log>',
    group: EVIDENCE,
    help: 'end with exit code 6 if an answer rests on evidence of this level, or on weaker evidence',
    default: undefined,
    defaultText: 'guess with --evidence-baseline, otherwise never',
    ...choicesOf('guess', 'sdk', 'log'),
    only: ['exec'],
  }),
  /** A file with the evidence of an earlier run, which is accepted. */
  evidenceBaseline: defineOption<string | undefined>({
    flags: '--evidence-baseline <file>',
    group: EVIDENCE,
    help: 'accept the evidence in this file: only behaviours that it lacks end with exit code 6',
    default: undefined,
    read: readText,
    path: true,
    only: ['exec'],
  }),
  /** A file for the evidence of this run. */
  evidenceOut: defineOption<string | undefined>({
    flags: '--evidence-out <file>',
    group: EVIDENCE,
    help: 'write the evidence of the run to this file, such as for --evidence-baseline',
    default: undefined,
    read: readText,
    path: true,
    only: ['exec'],
  }),
  /** Prints nothing about the evidence of a run. */
  quiet: defineOption<boolean>({
    flags: '--quiet',
    group: EVIDENCE,
    help: 'print no evidence at the end',
    default: false,
    read: readFlag,
    only: ['exec'],
  }),
};
