import { similar } from '../support/similar.ts';
import type { Environment } from './config.ts';
import type { OptionRow } from './option-row.ts';
import { envName, OPTION_NAMES, OPTIONS } from './options.ts';

/** An environment variable that the emulator reads or sets. */
export interface Variable {
  readonly name: string;
  /** What it may contain. */
  readonly values: string;
  readonly meaning: string;
  /** Whether a value holds a secret: then it isn't printed. */
  readonly holdsSecret?: OptionRow<unknown>['holdsSecret'] | undefined;
}

const PREFIX = envName('');
const TRUE_OR_FALSE = 'true, false';

/** The variables of the options of `start` and `exec`, in the order of the help; an empty variable counts as unset. */
const OPTION_VARIABLES: readonly Variable[] = OPTION_NAMES.map((name) => {
  const row: OptionRow<unknown> = OPTIONS[name];
  const { help, holdsSecret } = row;
  return { name: envName(name), values: valuesOf(row), meaning: help.replace(/ \(repeatable\)$/, ''), holdsSecret };
});

/** Variables without an option of `start`. */
const OTHER_VARIABLES: readonly Variable[] = [
  { name: envName('config'), values: 'file', meaning: 'read options from this file' },
  {
    name: envName('url'),
    values: 'url',
    meaning: 'the emulator that commands and test kits use; exec sets it for its command',
  },
  { name: envName('httpsUrl'), values: 'url', meaning: 'set by exec: the address for https' },
  { name: envName('chromiumArgs'), values: 'text', meaning: 'set by exec --intercept: arguments for Chromium' },
  { name: envName('interception'), values: 'JSON', meaning: 'set by exec --intercept, for its processes' },
];

export const VARIABLES: readonly Variable[] = [...OPTION_VARIABLES, ...OTHER_VARIABLES];

/** What an option's variable may contain, from its flags: `--seed [file]` → `file, true, false`. */
function valuesOf({ flags, repeatable }: OptionRow<unknown>): string {
  const [, open, value] = /([<[])(.*)[>\]]$/.exec(flags) ?? [];
  if (value === undefined) return TRUE_OR_FALSE;
  const one = value.replaceAll('|', ' or ');
  const several = repeatable ? `${one}, …` : one;
  return open === '[' ? `${several}, ${TRUE_OR_FALSE}` : several;
}

/** A message for each variable that looks like one of the emulator's and isn't. */
export function unknownVariables(env: Environment): string[] {
  const names = VARIABLES.map(({ name }) => name);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !names.includes(name))
    .map((name) => {
      const [meant] = similar(
        name.slice(PREFIX.length),
        names.map((each) => each.slice(PREFIX.length)),
      );
      const hint = meant === undefined ? "see 'users-emulator env'" : `did you mean ${PREFIX}${meant}?`;
      return `the variable ${name} is unknown: ${hint}`;
    });
}
