import type { Command, Help } from 'commander';
import { colored } from './paint.ts';

/** A command line, and what it does. */
export type Example = readonly [line: string, effect: string];

/** The texts of a command's help. */
export interface Description {
  /** Its line in a list of commands, without a capital or a full stop: `print a token`. */
  readonly summary: string;
  /** Sentences that its own help adds to the summary. */
  readonly details?: string;
  readonly examples?: readonly Example[];
  /** A paragraph at the end. */
  readonly note?: string;
}

const bold = (text: string) => colored('bold', text);

export const HELP_OPTION = ['-h, --help', 'print this help'] as const;

/** How help looks. Lists show commands without `[options]`, since nearly all have some; text is wrapped on narrow terminals, too. */
export const HELP_STYLE: Partial<Help> = {
  minWidthToWrap: 20,
  styleTitle: bold,
  visibleCommands: ({ commands }) => [...commands],
  subcommandTerm: (command) =>
    command.commands.length > 0
      ? command.name()
      : `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`.trimEnd(),
};

/** Gives a command its texts. */
export function describe(command: Command, { summary, details, ...ending }: Description): Command {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return endHelp(command, ending)
    .summary(summary)
    .description(details === undefined ? sentence : `${sentence} ${details}`);
}

/** Adds what follows the options and commands in a command's help, and points to the help after usage errors. */
export function endHelp(command: Command, { examples = [], note }: Pick<Description, 'examples' | 'note'>): Command {
  return command.showHelpAfterError(`(see ${pathOf(command)} --help)`).addHelpText('after', () => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
    const helper = command.createHelp();
    helper.prepareContext({ helpWidth: width });
    const list = examples.length === 0 ? [] : ['', helper.styleTitle('Examples:'), ...exampleLines(examples, width)];
    return [...list, ...(note === undefined ? [] : ['', helper.boxWrap(note, width)])].join('\n');
  });
}

/** Effects beside the lines if all of them fit there, else below them. */
function exampleLines(examples: readonly Example[], width: number): string[] {
  const column = Math.max(...examples.map(([line]) => line.length));
  const beside = examples.every(([, effect]) => column + effect.length + 4 <= width);
  return examples.map(([line, effect]) =>
    beside ? `  ${line.padEnd(column)}  ${effect}` : `  ${line}\n      ${effect}`,
  );
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
