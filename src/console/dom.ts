import { messageOf } from '../support/errors.ts';

export type Child = Node | string | number | null | undefined | false;
type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

/** An element with attributes, listeners and children. Strings become text nodes: nothing is ever parsed as HTML. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((each) => each !== null && each !== undefined && each !== false).map(toNode));
  return element;
}

function toNode(child: Child): Node | string {
  return child instanceof Node ? child : String(child);
}

const noticeElement = document.querySelector<HTMLElement>('#notice')!;
let hideTimer = 0;

/** Shows a message in the corner for a few seconds; errors stay longer. */
export function notice(text: string, bad = false): void {
  // an open dialog makes everything outside it inert, so the notice goes inside
  ([...document.querySelectorAll('dialog')].at(-1) ?? document.body).append(noticeElement);
  noticeElement.textContent = text;
  noticeElement.className = bad ? 'bad shown' : 'shown';
  window.clearTimeout(hideTimer);
  hideTimer = window.setTimeout(() => noticeElement.classList.remove('shown'), bad ? 8000 : 3000);
}

/** Runs an action and shows its error, if it throws one, as a notice. */
export async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    notice(messageOf(error), true);
  }
}

export function button(label: string, action: () => unknown, props: Props = {}): HTMLButtonElement {
  return h('button', { type: 'button', click: () => void attempt(action), ...props }, label);
}

export function field(label: string, input: HTMLElement, hint?: string): HTMLLabelElement {
  return h('label', {}, h('span', {}, label), input, hint && h('small', {}, hint));
}

/** @param none label of an additional first option whose value is empty */
export function select(name: string, options: readonly string[], none?: string): HTMLSelectElement {
  const items = options.map((value) => h('option', { value }, value));
  return h('select', { name }, ...(none === undefined ? [] : [h('option', { value: '' }, none)]), ...items);
}

/** A table, or the sentence `empty` when it would have no rows. */
export function table(label: string, columns: readonly string[], rows: readonly (readonly Child[])[], empty: string) {
  if (rows.length === 0) return h('p', { class: 'none' }, empty);
  const body = rows.map((cells) =>
    h('tr', {}, ...cells.map((cell, at) => h('td', { 'data-head': columns[at] }, cell))),
  );
  const head = columns.map((name) => h('th', { scope: 'col' }, name));
  return h(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label },
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)),
  );
}

/** A form that passes its non-empty entries to `submit`. It shows the error of a failed submit until the next one. */
export function form(
  submit: (entries: Record<string, string>) => unknown,
  label: string,
  ...children: readonly Child[]
): HTMLFormElement {
  const problem = h('p', { role: 'alert', class: 'bad' });
  const send = async (event: Event) => {
    event.preventDefault();
    const entries = [...new FormData(event.target as HTMLFormElement)].filter(([, value]) => value !== '');
    problem.textContent = '';
    try {
      await submit(Object.fromEntries(entries) as Record<string, string>);
    } catch (error) {
      problem.textContent = messageOf(error);
      // long forms scroll
      problem.scrollIntoView({ block: 'nearest' });
    }
  };
  return h('form', { submit: send }, ...children, h('button', { class: 'main' }, label), problem);
}

/** A dialog with a title. It closes by Escape, by its button, or when `content` calls `close`. */
export function dialog(title: string, content: (close: () => void) => readonly Child[]): HTMLDialogElement {
  const close = () => element.close();
  const element: HTMLDialogElement = h('dialog', { 'aria-label': title, close: () => element.remove() });
  const closeButton = button('Close', close, { class: 'plain' });
  element.append(h('header', {}, h('h2', {}, title), closeButton), h('div', {}, ...content(close)));
  document.body.append(element);
  element.showModal();
  // the browser itself would focus “Close”
  element.querySelector<HTMLElement>(':scope > div :is(input, button, [tabindex])')?.focus();
  return element;
}

/** Asks before an action that can't be undone. @param loss names the data that it deletes, unless the question does */
export function confirm(question: string, label: string, action: () => unknown, loss = ''): void {
  dialog(question, (close) => [
    loss && h('p', {}, loss),
    button(
      label,
      async () => {
        close();
        await action();
      },
      { class: 'danger' },
    ),
  ]);
}
