import type { SnapshotList } from '../control/results.ts';
import { messageOf } from '../support/errors.ts';
import { api } from './api.ts';
import { attempt, button, confirm, field, form, h, notice, table } from './dom.ts';
import type { View } from './view.ts';

const STATE = 'applications with their settings, users, sessions and mails';

export const state: View = {
  id: 'state',
  title: 'State',
  async show(page) {
    const list = h('div', {});
    let snapshots: readonly string[] = [];
    const refresh = async () => {
      snapshots = (await api<SnapshotList>('GET', '/snapshots')).snapshots;
      const rows = snapshots.map((name) => {
        const path = `/snapshots/${encodeURIComponent(name)}`;
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
                    await api('POST', `${path}/restore`);
                    notice(`“${name}” was restored`);
                  },
                  `The ${STATE} return to how they were in the snapshot. All changes since then are lost.`,
                ),
              { 'aria-label': `Restore ${name}` },
            ),
            button(
              'Delete',
              () =>
                confirm(`Delete “${name}”?`, 'Delete', async () => {
                  await api('DELETE', path);
                  await refresh();
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
        const replace = async () => {
          await api('PUT', `/snapshots/${encodeURIComponent(name!)}`);
          await refresh();
          notice(`“${name}” was saved`);
        };
        // another client may have saved a snapshot of that name
        await refresh();
        if (snapshots.includes(name!))
          confirm(`Replace “${name}”?`, 'Replace', replace, 'Its present contents are lost.');
        else await replace();
      },
      'Save',
      field('Name', h('input', { name: 'name', required: true, autocomplete: 'off' })),
    );
    const reset = (to: string, question: string) =>
      confirm(question, 'Reset', async () => {
        await api('POST', '/reset', { to });
        notice('Reset done');
      });
    page.append(
      h('h2', {}, 'Snapshots'),
      list,
      save,
      h('h2', {}, 'Reset'),
      h('p', {}, 'Resets users, sessions, settings, clock, faults, outbox and requests.'),
      h(
        'div',
        { class: 'row' },
        button('To the seed', () => reset('seed', 'Reset to the seed?'), { class: 'danger' }),
        button('To no users', () => reset('empty', 'Reset to no users?'), { class: 'danger' }),
      ),
      h('h2', {}, 'File'),
      h('div', { class: 'row' }, button('Export', download), picker('Import', 'replace'), picker('Merge', 'merge')),
    );
    await refresh();
  },
};

async function download(): Promise<void> {
  const text = JSON.stringify(await api('GET', '/export'), null, 2);
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  h('a', { href, download: 'users-emulator.json' }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

const IMPORT_MODES = {
  replace: {
    question: 'Replace everything with',
    answer: 'Replace',
    loss: `The present ${STATE} are lost; “Merge” would keep them. Snapshots stay.`,
  },
  merge: {
    question: 'Merge with',
    answer: 'Merge',
    loss: 'Users in the file replace users with the same id; all others stay.',
  },
};

/** A button that opens a fixture file, and asks before it imports it. */
function picker(label: string, mode: keyof typeof IMPORT_MODES): HTMLElement {
  const input = h('input', {
    type: 'file',
    accept: '.json,application/json',
    change: () =>
      void attempt(async () => {
        const [file] = input.files ?? [];
        input.value = '';
        if (!file) return;
        const fixture = parseJson(file.name, await file.text());
        const { question, answer, loss } = IMPORT_MODES[mode];
        const importFile = async () => {
          await api('POST', `/import?mode=${mode}`, fixture);
          notice(`“${file.name}” was imported`);
        };
        confirm(`${question} “${file.name}”?`, answer, importFile, loss);
      }),
  });
  return h('label', { class: 'button' }, label, input);
}

/** @throws Error that names the file */
function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`“${name}” is not JSON: ${messageOf(error)}`);
  }
}
