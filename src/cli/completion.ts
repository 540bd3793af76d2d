import { shellQuoted } from '../support/shell-word.ts';

/** A command as a shell completes it, with the commands of its group. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly flags: readonly string[]; readonly help: string; readonly values: Values }[];
  /** The values of its first argument, where they are known. */
  readonly values: readonly string[] | undefined;
  readonly commands: readonly CompletedCommand[];
}

/** Words to choose from; `any`: something else, such as a file; `none`: no value at all. */
type Values = readonly string[] | 'any' | 'none';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The lines of a command's script: how it is found, and what it offers. */
interface Place extends CompletedCommand {
  /** The names above it and its own, each after a blank: ` fault add`; empty for the program. */
  readonly path: string;
}

/** The script that completes the program's commands, options and their values in a shell; files wherever it knows nothing better. */
export function completionScript(shell: Shell, program: CompletedCommand): string {
  return WRITERS[shell](placesOf(program, ''));
}

function placesOf(command: CompletedCommand, path: string): Place[] {
  return [{ ...command, path }, ...command.commands.flatMap((each) => placesOf(each, `${path} ${each.name}`))];
}

const WRITERS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: (places) => `# source <(users-emulator completion bash)
_users_emulator() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path= offered= choices= options= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && return
    case "$path \${COMP_WORDS[i]}" in
      ${pathPattern(places)}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $before" in
${valueCases(places, (values) => `offered='${values.join(' ')}'`)}
  esac
  if [[ -z $offered ]]; then
    case "$path" in
${placeCases(places, (words) => `'${words.map(([word]) => word).join(' ')}'`)}
    esac
    [[ $word == -* ]] && offered=$options || offered=$choices
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}
complete -o default -F _users_emulator users-emulator
`,
  zsh: (places) => `#compdef users-emulator
# source <(users-emulator completion zsh)
_users_emulator() {
  local place= word
  local -a offered choices options
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -- ]] && { _files; return }
    case "$place $word" in
      ${pathPattern(places)}) place="$place $word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${valueCases(places, (values) => `offered=(${values.map(shellQuoted).join(' ')}); _describe value offered; return`)}
  esac
  case "$place" in
${placeCases(places, (words) => `(${words.map(zshEntry).join(' ')})`)}
  esac
  [[ $words[CURRENT] == -* ]] && offered=($options) || offered=($choices)
  _describe users-emulator offered || _files
}
compdef _users_emulator users-emulator
`,
  fish: (places) => `# users-emulator completion fish | source
function __users_emulator_at
    set -l place ''
    for word in (commandline -opc)[2..]
        switch "$place $word"
            case ${places
              .slice(1)
              .map(({ path }) => shellQuoted(path))
              .join(' ')}
                set place "$place $word"
        end
    end
    test "$place" = "$argv"
end
${places.flatMap(fishLines).join('\n')}
`,
};

function pathPattern(places: readonly Place[]): string {
  return places
    .slice(1)
    .map(({ path }) => shellQuoted(path))
    .join('|');
}

/** The cases of options whose values are known. */
function valueCases(places: readonly Place[], action: (values: readonly string[]) => string): string {
  return places
    .flatMap(({ path, options }) =>
      options.flatMap(({ flags, values }) => flags.map((flag) => [`${path} ${flag}`, values] as const)),
    )
    .flatMap(([place, values]) => (Array.isArray(values) ? [`    ${shellQuoted(place)}) ${action(values)} ;;`] : []))
    .join('\n');
}

/** A word to choose, with its help. */
type Entry = readonly [word: string, help: string];

/** The cases of places, with what they offer: options for a word that begins with a dash, else commands and values. */
function placeCases(places: readonly Place[], listOf: (entries: readonly Entry[]) => string): string {
  return places
    .map(({ path, commands, options, values = [] }) => {
      const choices = [
        ...commands.map(({ name, summary }): Entry => [name, summary]),
        ...values.map((value): Entry => [value, '']),
      ];
      const flags = options.flatMap((option) => option.flags.slice(-1).map((flag): Entry => [flag, option.help]));
      return `    ${shellQuoted(path)}) choices=${listOf(choices)} options=${listOf(flags)} ;;`;
    })
    .join('\n');
}

function zshEntry([word, help]: Entry): string {
  return shellQuoted(help === '' ? word : `${word}:${help}`);
}

function fishLines({ path, commands, options, values }: Place): string[] {
  const start = `complete -c users-emulator -n ${fishQuoted(`__users_emulator_at ${fishQuoted(path)}`)}`;
  return [
    ...commands.map(({ name, summary }) => `${start} -f -a ${name} -d ${fishQuoted(summary)}`),
    ...(values === undefined ? [] : [`${start} -f -a ${fishQuoted(values.join(' '))}`]),
    ...options.map(({ flags, help, values: ofOption }) => {
      const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = ofOption === 'none' ? '' : ofOption === 'any' ? ' -r' : ` -x -a ${fishQuoted(ofOption.join(' '))}`;
      return `${start} ${names.join(' ')}${value} -d ${fishQuoted(help)}`;
    }),
  ];
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
