import { messageOf } from '../support/errors.ts';
import { api } from './api.ts';
import { attempt, button, confirm, field, form, h, notice, table } from './dom.ts';
import type { View } from './view.ts';

const STATE = 'Applications with their settings, users, sessions and mails';

export const state: View = {
  id: 'state',
  title: 'State',
  async show(page) {
    const list = h('div', {});
    let snapshots: readonly string[] = [];
    const look = async () => {
      snapshots = (await api<{ snapshots: string[] }>('GET', '/snapshots')).snapshots;
      const rows = snapshots.map((name) => {
        const at = `/snapshots/${encodeURIComponent(name)}`;
        return [
          h('strong', {}, name),
          h(
            'span',
            { class: 'actions' },
            button(
              'Restore',
              () =>
                confirm(
                  `Restore “${name}”?`,
                  'Restore',
                  async () => {
                    await api('POST', `${at}/restore`);
                    notice(`“${name}” is the state again`);
                  },
                  `${STATE} become what they were then; what they are now is lost.`,
                ),
              { 'aria-label': `Restore ${name}` },
            ),
            button(
              'Delete',
              () =>
                confirm(`Delete “${name}”?`, 'Delete', async () => {
                  await api('DELETE', at);
                  await look();
                }),
              { 'aria-label': `Delete ${name}` },
            ),
          ),
        ];
      });
      list.replaceChildren(table('Snapshots', ['Name', ''], rows, 'No snapshots.'));
    };
    const save = form(
      async ({ name }) => {
        const keep = async () => {
          await api('PUT', `/snapshots/${encodeURIComponent(name!)}`);
          await look();
          notice(`“${name}” was saved`);
        };
        // look first: another client may have saved one of that name
        await look();
        if (snapshots.includes(name!)) confirm(`Replace “${name}”?`, 'Replace', keep, 'What was saved in it is lost.');
        else await keep();
      },
      'Save',
      field('Name', h('input', { name: 'name', required: true, autocomplete: 'off' })),
    );
    const reset = (to: string, question: string) =>
      confirm(question, 'Reset', async () => {
        await api('POST', '/reset', { to });
        notice('Reset');
      });
    page.append(
      h('h2', {}, 'Snapshots'),
      list,
      save,
      h('h2', {}, 'Reset'),
      h('p', {}, 'Users, sessions, settings, clock, faults, outbox and requests.'),
      h(
        'div',
        { class: 'row' },
        button('To the seed', () => reset('seed', 'Reset to the seed?'), { class: 'danger' }),
        button('To no users', () => reset('empty', 'Reset to no users?'), { class: 'danger' }),
      ),
      h('h2', {}, 'File'),
      h('div', { class: 'row' }, button('Export', download), picker('Import', 'replace'), picker('Merge', 'merge')),
    );
    await look();
  },
};

async function download(): Promise<void> {
  const text = JSON.stringify(await api('GET', '/export'), null, 2);
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  h('a', { href, download: 'users-emulator.json' }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

const WAYS = {
  replace: {
    question: 'Replace everything by',
    answer: 'Replace',
    lost: `${STATE} of now are lost; “Merge” would keep them. Snapshots stay.`,
  },
  merge: {
    question: 'Merge with',
    answer: 'Merge',
    lost: 'Users in it replace those of the same id; all others stay.',
  },
};

/** A button that takes a fixture file, and asks before it is used. */
function picker(label: string, mode: keyof typeof WAYS): HTMLElement {
  const input = h('input', {
    type: 'file',
    accept: '.json,application/json',
    change: () =>
      void attempt(async () => {
        const [file] = input.files ?? [];
        input.value = '';
        if (!file) return;
        const fixture = parsed(file.name, await file.text());
        const { question, answer, lost } = WAYS[mode];
        const take = async () => {
          await api('POST', `/import?mode=${mode}`, fixture);
          notice(`“${file.name}” was taken in`);
        };
        confirm(`${question} “${file.name}”?`, answer, take, lost);
      }),
  });
  return h('label', { class: 'button' }, label, input);
}

/** @throws Error that names the file */
function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`“${name}” is not JSON: ${messageOf(error)}`);
  }
}
