import type { EmulatorInfo, SandboxList } from '../control/results.ts';
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
let openView = new AbortController();

/** Shows the view named in the address. */
function show(): void {
  openView.abort();
  openView = new AbortController();
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
      await view.show(page, openView.signal);
    } catch (error) {
      page.prepend(button('Try again', show));
      throw error;
    }
  });
}

function setUpSandboxForm(): void {
  const sandboxForm = document.querySelector<HTMLFormElement>('#sandbox')!;
  const input = sandboxForm.querySelector('input')!;
  input.value = sandbox;
  input.addEventListener('input', () => {
    const name = input.value.trim();
    const valid = name === '' || isSandboxName(name);
    // the browser shows the message beside the field and does not submit
    input.setCustomValidity(valid ? '' : `Use ${SANDBOX_NAMES}, and not “.” or “..” alone.`);
  });
  sandboxForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    location.assign(root + sandboxPath(name) + CONTROL_PATH + CONSOLE_PATH + location.hash);
  });
}

async function showServer(): Promise<void> {
  const [{ version }, { sandboxes }] = await Promise.all([
    api<EmulatorInfo>('GET', ''),
    api<SandboxList>('GET', '/sandboxes'),
  ]);
  document.querySelector('#version')!.textContent = version;
  document.querySelector('#sandboxes')!.replaceChildren(...sandboxes.map((value) => h('option', { value })));
}

document.querySelector('nav')!.append(...links);
window.addEventListener('hashchange', show);
setUpSandboxForm();
show();
void attempt(showServer);
