import { api } from './api.ts';
import { attempt, button, confirm, field, form, h, notice, table } from './dom.ts';
import type { View } from './view.ts';

export const state: View = {
  id: 'state',
  title: 'State',
  async show(page) {
    const list = h('div', {});
    const look = async () => {
      const { snapshots } = await api<{ snapshots: string[] }>('GET', '/snapshots');
      const rows = snapshots.map((name) => {
        const at = `/snapshots/${encodeURIComponent(name)}`;
        return [
          h('strong', {}, name),
          h(
            'span',
            { class: 'actions' },
            button('Restore', async () => {
              await api('POST', `${at}/restore`);
              notice(`“${name}” is the state again`);
            }),
            button('Delete', async () => {
              await api('DELETE', at);
              await look();
            }),
          ),
        ];
      });
      list.replaceChildren(table('Snapshots', ['Name', ''], rows, 'No snapshots.'));
    };
    const save = form(
      async ({ name }) => {
        await api('PUT', `/snapshots/${encodeURIComponent(name!)}`);
        await look();
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

/** A button that takes a fixture file. */
function picker(label: string, mode: string): HTMLElement {
  const input = h('input', {
    type: 'file',
    accept: '.json,application/json',
    change: () =>
      void attempt(async () => {
        const [file] = input.files ?? [];
        input.value = '';
        if (!file) return;
        await api('POST', `/import?mode=${mode}`, JSON.parse(await file.text()));
        notice(`${file.name} was taken in`);
      }),
  });
  return h('label', { class: 'button' }, label, input);
}
