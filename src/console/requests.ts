import type { RequestList } from '../control/results.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { api } from './api.ts';
import { button, confirm, dialog, field, h, table } from './dom.ts';
import { poll, type View } from './view.ts';

const MAX_ROWS = 200;

export const requests: View = {
  id: 'requests',
  title: 'Requests',
  async show(page, closed) {
    let all: readonly JournalEntry[] = [];
    const filter = h('input', { type: 'search', placeholder: 'users.create, 422, /users, tag…', size: 28 });
    const failed = h('input', { type: 'checkbox' });
    const list = h('div', {});

    const render = () => {
      const words = filter.value.toLowerCase().split(/\s+/);
      const found = all.filter(
        (entry) => (!failed.checked || entry.status >= 400 || entry.status === 0) && matches(entry, words),
      );
      const columns = ['Time', 'Status', 'Request', 'Operation', 'User', 'ms', 'Notes', ''];
      const empty = all.length === 0 ? 'No requests yet.' : 'No request matches the filter.';
      list.replaceChildren(table('Requests', columns, found.slice(-MAX_ROWS).reverse().map(row), empty));
    };
    filter.addEventListener('input', render);
    failed.addEventListener('change', render);
    page.append(
      h(
        'div',
        { class: 'row' },
        field('Filter', filter),
        h('label', { class: 'check' }, failed, 'errors only'),
        button('Clear', () =>
          confirm('Delete all requests?', 'Clear', async () => {
            await api('DELETE', '/requests');
            all = [];
            render();
          }),
        ),
      ),
      list,
    );
    await poll(closed, 1000, async () => {
      const { items } = await api<RequestList>('GET', '/requests');
      // the time, too: another emulator, started on the same port, counts its ids from 1 again
      const mark = ({ id, time }: Partial<JournalEntry> = {}) => `${id} ${time}`;
      const changed = items.length !== all.length || mark(items.at(-1)) !== mark(all.at(-1));
      all = items;
      if (changed || !list.hasChildNodes()) render();
    });
  },
};

function row(entry: JournalEntry) {
  const { time, status, method, path, operation, user_id, duration_ms, errors, fault, tag, warnings } = entry;
  const kind = status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'poor' : 'good';
  const notes = [...errors, ...(fault ? [fault] : []), ...(tag ? [`#${tag}`] : []), ...warnings];
  return [
    h('time', { datetime: time, title: time }, time.slice(11, 23)),
    h('span', { class: `status ${kind}` }, status || 'dropped'),
    h('code', { class: 'long' }, `${method} ${path}`),
    operation,
    user_id,
    Math.round(duration_ms * 10) / 10,
    notes.length > 0 && h('span', { class: 'long' }, notes.join(', ')),
    button(
      'Details',
      () => dialog(`${method} ${path}`, () => [h('pre', { tabindex: 0 }, JSON.stringify(entry, null, 2))]),
      { 'aria-label': `Details of ${method} ${path}` },
    ),
  ];
}

/** Whether each word occurs somewhere in the entry. */
function matches({ method, path, operation, status, tag, errors, user_id }: JournalEntry, words: readonly string[]) {
  const text = [method, path, operation, status, tag, user_id, ...errors].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
