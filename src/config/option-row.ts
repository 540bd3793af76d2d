import { readOneOf } from './values.ts';

/** An option: its flag, help, default and reader. Its environment variable and its key in a config file derive from its name. */
export interface OptionRow<V> {
  /** As commander reads them: `-p, --port <n>`. */
  readonly flags: string;
  readonly help: string;
  /** The heading above it in the help. */
  readonly group: string;
  readonly default: V;
  /** The default in words, for the help. */
  readonly defaultText?: string;
  /** Reads the value of a flag, a variable or a config file; the list of values, if it is repeatable. @throws UsageError */
  readonly read: (given: unknown) => V;
  /** Its values, where they are a few words. */
  readonly choices?: readonly string[];
  /** It may be repeated. */
  readonly repeatable?: true;
  /** The separator of several values in its environment variable, if it isn't every comma. */
  readonly separator?: RegExp;
  /** An object: a flag's, a variable's and a config file's are merged, instead of one replacing the others. */
  readonly merged?: true;
  /** `--no-…` sets it to false. */
  readonly negatable?: true;
  /** A file or folder. In a config file, it is relative to that file. */
  readonly path?: true;
  /** Whether a value, as typed, holds a secret: then it isn't printed. */
  readonly holdsSecret?: (given: string) => boolean;
  /** Only these commands have it. */
  readonly only?: readonly ('start' | 'exec' | 'sweep')[];
}

export const STATE = 'State:';
export const NETWORK = 'Network and access:';
export const CONDITIONS = 'Test conditions:';
export const PRODUCTION = 'Production addresses:';
export const EVIDENCE = 'Evidence:';
/** Also the group of the options that every command has. */
export const GENERAL = 'General:';

export const defineOption = <V>(row: OptionRow<V>): OptionRow<V> => row;

/** The part of a row whose values are a few words. */
export const choicesOf = <const W extends string>(...choices: readonly W[]) => ({
  choices,
  read: readOneOf(...choices),
});

/** Reads one value or several. */
export const eachOf =
  <V>(read: (given: unknown) => V) =>
  (given: unknown): V[] =>
    (Array.isArray(given) ? given : [given]).map(read);
