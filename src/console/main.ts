import { CONSOLE_PATH, CONTROL_PATH, isSandboxName, SANDBOX_NAMES, sandboxPath } from '../model/addresses.ts';
import { api, root, sandbox } from './api.ts';
import { clock } from './clock.ts';
import { attempt, button, h } from './dom.ts';
import { faults } from './faults.ts';
import { outbox } from './outbox.ts';
import { requests } from './requests.ts';
import { settings } from './settings.ts';
import { state } from './state.ts';
import { users } from './users.ts';

const VIEWS = [users, requests, outbox, faults, clock, settings, state];

const main = document.querySelector<HTMLElement>('#main')!;
const links = VIEWS.map(({ id, title }) => h('a', { href: `#${id}` }, title));
let leave = new AbortController();

/** Shows the view that the address names. */
function show(): void {
  leave.abort();
  leave = new AbortController();
  const index = Math.max(
    0,
    VIEWS.findIndex(({ id }) => location.hash === `#${id}`),
  );
  const view = VIEWS[index]!;
  links.forEach((link, each) => {
    if (each === index) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  document.title = `${view.title}${sandbox && `, ${sandbox}`} · users-emulator`;
  const page = h('div', {});
  main.replaceChildren(h('h1', {}, view.title), page);
  void attempt(async () => {
    try {
      await view.show(page, leave.signal);
    } catch (error) {
      page.prepend(button('Try again', show));
      throw error;
    }
  });
}

function chooseSandbox(): void {
  const picker = document.querySelector<HTMLFormElement>('#sandbox')!;
  const input = picker.querySelector('input')!;
  input.value = sandbox;
  input.addEventListener('input', () => {
    const name = input.value.trim();
    const fits = name === '' || isSandboxName(name);
    // the browser says it beside the field, and doesn't leave
    input.setCustomValidity(fits ? '' : `Use ${SANDBOX_NAMES}, and not “.” or “..” alone.`);
  });
  picker.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    location.assign(root + sandboxPath(name) + CONTROL_PATH + CONSOLE_PATH + location.hash);
  });
}

async function showServer(): Promise<void> {
  const [{ version }, { sandboxes }] = await Promise.all([
    api<{ version: string }>('GET', ''),
    api<{ sandboxes: string[] }>('GET', '/sandboxes'),
  ]);
  document.querySelector('#version')!.textContent = version;
  document.querySelector('#sandboxes')!.replaceChildren(...sandboxes.map((value) => h('option', { value })));
}

document.querySelector('nav')!.append(...links);
window.addEventListener('hashchange', show);
chooseSandbox();
show();
void attempt(showServer);
