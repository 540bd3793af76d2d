import type { Mail, MailList } from '../control/results.ts';
import { api } from './api.ts';
import { button, confirm, h } from './dom.ts';
import { poll, type View } from './view.ts';

export const outbox: View = {
  id: 'outbox',
  title: 'Outbox',
  async show(page, closed) {
    let shown: string | undefined;
    const list = h('div', {});
    const refresh = async () => {
      const { items } = await api<MailList>('GET', '/outbox');
      const ids = items.map(({ id }) => id).join();
      if (ids === shown) return;
      shown = ids;
      const empty = h('p', { class: 'none' }, 'No mails yet: the mails that the service would send appear here.');
      list.replaceChildren(...(items.length > 0 ? items.map(article) : [empty]));
    };
    const clear = button('Clear', () =>
      confirm(
        'Delete all mails?',
        'Clear',
        async () => {
          await api('DELETE', '/outbox');
          await refresh();
        },
        'Their links stop working.',
      ),
    );
    page.append(h('div', { class: 'row' }, clear), list);
    await poll(closed, 1500, refresh);
  },
};

function article({ to, subject, text, link, created_at }: Mail): HTMLElement {
  return h(
    'article',
    {},
    h('h2', {}, subject),
    h('p', {}, 'To ', h('strong', {}, to), ', ', h('time', { datetime: created_at }, created_at)),
    h('details', {}, h('summary', {}, 'Show text'), h('pre', { tabindex: 0 }, text)),
    h('a', { href: link, target: '_blank', rel: 'noopener' }, 'Open link'),
  );
}
