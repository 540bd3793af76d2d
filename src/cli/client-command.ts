import type { RemoteEmulator } from '../client/connect.ts';
import { readFrom } from '../config/usage-error.ts';
import { readWholeNumber } from '../config/values.ts';
import type { Description } from './help.ts';
import type { Paint } from './paint.ts';

/** The arguments of a usage, as a tuple: `clock set <time>` → `[string]`. */
export type ArgumentsOf<U extends string> = U extends `${infer First} ${infer Rest}`
  ? [...ArgumentsOf<First>, ...ArgumentsOf<Rest>]
  : U extends `<${string}...>`
    ? [string, ...string[]]
    : U extends `<${string}>`
      ? [string]
      : U extends `[${string}]`
        ? [string?]
        : [];

/** The options of flags: `--to <address>` → `{ to?: string }`, `--clear` → `{ clear?: true }`. */
export type OptionsOf<F extends string> = {
  readonly [E in F as E extends `--${infer Name} ${string}`
    ? Name
    : E extends `--${infer Name}`
      ? Name
      : never]?: E extends `${string} ${string}` ? string : true;
};

/** A command that calls a running emulator and prints its answer. */
export interface ClientCommand<U extends string, F extends string, A> extends Description {
  /** As typed: the name of its group if it has one, its own name, and its arguments. */
  readonly usage: U;
  /** The help of its options, by their flags. */
  readonly options?: Readonly<Record<F, string>>;
  /** The names of its arguments by the fields that they fill, for the emulator's error messages. */
  readonly fields?: Readonly<Record<string, string>>;
  /** An argument may begin with a minus. */
  readonly allowNegative?: true;
  readonly run: (emulator: RemoteEmulator, args: ArgumentsOf<U>, options: OptionsOf<F>) => Promise<A>;
  /** Instead of `run`: answers as they come. undefined: the options don't ask for it. */
  readonly follow?: (
    emulator: RemoteEmulator,
    args: ArgumentsOf<U>,
    options: OptionsOf<F>,
  ) => AsyncIterable<NoInfer<A>> | undefined;
  readonly show: (answer: A, options: OptionsOf<F>, paint: Paint) => string;
}

/** A row of the table of commands. Commander has checked what `run` gets, so its types are those of the usage and the flags. */
export type AnyClientCommand = Omit<ClientCommand<string, string, unknown>, 'run' | 'follow' | 'show'> & {
  run(emulator: RemoteEmulator, args: readonly string[], options: object): Promise<Printable>;
  follow(emulator: RemoteEmulator, args: readonly string[], options: object): AsyncIterable<Printable> | undefined;
};

/** An answer, as JSON and in the form for people. */
export interface Printable {
  readonly answer: unknown;
  text(paint: Paint): string;
}

/** Defines a row; its arguments and options are typed by its usage and flags. */
export function defineCommand<const U extends string, A, F extends string = never>({
  run,
  follow,
  show,
  ...row
}: ClientCommand<U, F, A>): AnyClientCommand {
  const printable = (answer: A, options: object) => ({
    answer,
    text: (paint: Paint) => show(answer, options as OptionsOf<F>, paint),
  });
  return {
    ...row,
    run: async (emulator, args, options) =>
      printable(await run(emulator, args as ArgumentsOf<U>, options as OptionsOf<F>), options),
    follow: (emulator, args, options) => {
      const answers = follow?.(emulator, args as ArgumentsOf<U>, options as OptionsOf<F>);
      return answers && mapEach(answers, (answer) => printable(answer, options));
    },
  };
}

async function* mapEach<A, B>(items: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield map(item);
}

/** The answer of a command whose call returns nothing. */
export async function after<A>(call: Promise<void>, answer: A): Promise<A> {
  await call;
  return answer;
}

/** The option of commands for one application. */
export const APP = { '--app <id>': 'the application, if not the default one' } as const;

/** The application that `--app` names. */
export function appOf({ app }: OptionsOf<keyof typeof APP>): { app?: number } {
  return app === undefined ? {} : { app: readFrom('--app', readWholeNumber, app) };
}
