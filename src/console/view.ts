import type { ApplicationList, Coverage } from '../control/results.ts';
import { api, Locked } from './api.ts';
import { attempt, field, h } from './dom.ts';

/** One of the console's views. */
export interface View {
  readonly id: string;
  readonly title: string;
  /** Fills the page. `closed` is aborted when the user opens another view. */
  readonly show: (page: HTMLElement, closed: AbortSignal) => unknown;
}

const connection = document.querySelector<HTMLElement>('#connection')!;

/**
 * Calls `refresh` every `ms` while the view is open and the page visible. While it fails, a bar on top of the page shows the
 * error; polling continues, so the view recovers when the emulator is started again.
 * @throws Locked when the user enters no admin token: asking again each second would not help
 */
export async function poll(closed: AbortSignal, ms: number, refresh: () => Promise<unknown>): Promise<void> {
  closed.addEventListener('abort', () => connection.replaceChildren());
  while (!closed.aborted) {
    const problem = document.hidden ? undefined : await refresh().then(() => '', describeFailure);
    if (problem !== undefined && problem !== connection.textContent && !closed.aborted)
      connection.textContent = problem;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

function describeFailure(error: Error): string {
  if (error instanceof Locked) throw error;
  return `disconnected – ${error.message}`;
}

let cached: Promise<Coverage> | undefined;

export function coverage(): Promise<Coverage> {
  cached ??= api<Coverage>('GET', '/coverage').catch((error) => {
    cached = undefined;
    throw error;
  });
  return cached;
}

/** The application chosen most recently, in any view. */
let chosen = '';

/** A picker of applications. @param change receives the application's id, at once and after each choice */
export async function appPicker(change: (app: string) => unknown): Promise<HTMLElement> {
  const listed = await api<ApplicationList>('GET', '/apps');
  const picker = h('select', {
    change: () => {
      chosen = picker.value;
      void attempt(() => change(chosen));
    },
  });
  picker.append(...listed.apps.map(({ id, dialect }) => h('option', { value: id }, `${id}, ${dialect}`)));
  picker.value = listed.apps.some(({ id }) => String(id) === chosen) ? chosen : String(listed.default ?? '');
  await change(picker.value);
  return field('Application', picker);
}
