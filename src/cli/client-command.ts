import type { RemoteEmulator } from '../client/connect.ts';

/** The options of a command as they were typed. */
export type ParsedOptions = Readonly<Record<string, string | true | undefined>>;

/** A command that asks a running emulator and shows its answer. */
export interface ClientCommand<A = never> {
  /** As typed: the group's name where it has one, its own, its arguments. */
  readonly usage: string;
  readonly help: string;
  readonly options?: readonly (readonly [flags: string, help: string])[];
  /** An argument may begin with a minus. */
  readonly minus?: true;
  readonly run: (emulator: RemoteEmulator, args: readonly string[], options: ParsedOptions) => Promise<A>;
  readonly show: (answer: A) => string;
}

/** A row of the commands' table, whose `show` is given what its `run` answers. */
export const defineCommand = <A>(row: ClientCommand<A>): ClientCommand => row as unknown as ClientCommand;

/** What a command answers when the emulator has nothing more to say than that it is done. */
export async function done<A>(call: Promise<void>, answer: A): Promise<A> {
  await call;
  return answer;
}

/** The application that `--app` names; whether it is a number is the server's question. */
export function appOf({ app }: ParsedOptions): { app?: number } {
  return app === undefined ? {} : { app: app as unknown as number };
}

/** The option of commands that are about one application. */
export const APP = ['--app <id>', 'the application, if not the default one'] as const;
