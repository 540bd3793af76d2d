import { messageOf } from '../support/errors.ts';

export type Child = Node | string | number | null | undefined | false;
type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

/** An element with attributes, listeners and children. Texts become text nodes: nothing is ever read as HTML. */
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

const place = document.querySelector<HTMLElement>('#notice')!;
let fading = 0;

/** Says something in the corner; what went wrong stays longer. */
export function notice(text: string, bad = false): void {
  // everything outside an open dialog is inert
  ([...document.querySelectorAll('dialog')].at(-1) ?? document.body).append(place);
  place.textContent = text;
  place.className = bad ? 'bad shown' : 'shown';
  window.clearTimeout(fading);
  fading = window.setTimeout(() => place.classList.remove('shown'), bad ? 8000 : 3000);
}

/** Does something, and says what went wrong. */
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

export function select(name: string, options: readonly string[], none?: string): HTMLSelectElement {
  const items = options.map((value) => h('option', { value }, value));
  return h('select', { name }, ...(none === undefined ? [] : [h('option', { value: '' }, none)]), ...items);
}

/** A table, or a sentence when there is nothing to show. */
export function table(label: string, head: readonly string[], rows: readonly (readonly Child[])[], none: string) {
  if (rows.length === 0) return h('p', { class: 'none' }, none);
  const body = rows.map((cells) => h('tr', {}, ...cells.map((cell, at) => h('td', { 'data-head': head[at] }, cell))));
  const names = head.map((name) => h('th', { scope: 'col' }, name));
  return h(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label },
    h('table', {}, h('thead', {}, h('tr', {}, ...names)), h('tbody', {}, ...body)),
  );
}

/** A form whose entries go to `submit`; empty ones are left out. What was wrong stands in it until it is sent again. */
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

/** A dialog with a title, closed by Escape, by its button, or when `content` is done. */
export function dialog(title: string, content: (close: () => void) => readonly Child[]): HTMLDialogElement {
  const close = () => box.close();
  const box: HTMLDialogElement = h('dialog', { 'aria-label': title, close: () => box.remove() });
  const end = button('Close', close, { class: 'plain' });
  box.append(h('header', {}, h('h2', {}, title), end), h('div', {}, ...content(close)));
  document.body.append(box);
  box.showModal();
  // the browser would begin with “Close”
  box.querySelector<HTMLElement>(':scope > div :is(input, button, [tabindex])')?.focus();
  return box;
}

/** Asks before something is done that can't be undone. @param lost what will be gone, where the question doesn't say it */
export function confirm(question: string, label: string, action: () => unknown, lost = ''): void {
  dialog(question, (close) => [
    lost && h('p', {}, lost),
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
