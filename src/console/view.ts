import { api, Locked } from './api.ts';
import { attempt, field, h } from './dom.ts';

/** One of the console's views. */
export interface View {
  readonly id: string;
  readonly title: string;
  /** Fills the page; `left` ends when another view is shown. */
  readonly show: (page: HTMLElement, left: AbortSignal) => unknown;
}

const connection = document.querySelector<HTMLElement>('#connection')!;

/**
 * Looks again and again while the view is shown and the page is visible. While that fails, the page says so above everything:
 * emulators are stopped and started again, and the view goes on with the next one.
 * @throws Locked when the admin token was not given: asking for it each second would be no help
 */
export async function watch(left: AbortSignal, ms: number, look: () => Promise<unknown>): Promise<void> {
  left.addEventListener('abort', () => connection.replaceChildren());
  while (!left.aborted) {
    const problem = document.hidden ? undefined : await look().then(() => '', told);
    if (problem !== undefined && problem !== connection.textContent && !left.aborted) connection.textContent = problem;
    await new Promise((done) => setTimeout(done, ms));
  }
}

function told(error: Error): string {
  if (error instanceof Locked) throw error;
  return `disconnected – ${error.message}`;
}

/** The emulator's own account of what it has. */
export interface Coverage {
  readonly endpoints: readonly { readonly operation: string }[];
  readonly errors: readonly { readonly key: string }[];
  readonly settings: readonly { readonly name: string; readonly effect: string }[];
}

let known: Promise<Coverage> | undefined;

export function coverage(): Promise<Coverage> {
  known ??= api<Coverage>('GET', '/coverage').catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}

/** The application chosen last, in any view. */
let chosen = '';

/** The choice of an application. @param change called with its id, at once and when another is chosen */
export async function appPicker(change: (app: string) => unknown): Promise<HTMLElement> {
  const listed = await api<{ apps: { id: number; dialect: string }[]; default: number | null }>('GET', '/apps');
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
