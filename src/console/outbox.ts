import type { ShownMail } from '../client/control-client.ts';
import { api } from './api.ts';
import { button, confirm, h } from './dom.ts';
import { type View, watch } from './view.ts';

export const outbox: View = {
  id: 'outbox',
  title: 'Outbox',
  async show(page, left) {
    let shown: string | undefined;
    const list = h('div', {});
    const look = async () => {
      const { items } = await api<{ items: ShownMail[] }>('GET', '/outbox');
      const ids = items.map(({ id }) => id).join();
      if (ids === shown) return;
      shown = ids;
      const none = h('p', { class: 'none' }, 'No mails: they come here instead of leaving.');
      list.replaceChildren(...(items.length > 0 ? items.map(article) : [none]));
    };
    const clear = button('Clear', () =>
      confirm(
        'Delete all mails?',
        'Clear',
        async () => {
          await api('DELETE', '/outbox');
          await look();
        },
        'Their links end.',
      ),
    );
    page.append(h('div', { class: 'row' }, clear), list);
    await watch(left, 1500, look);
  },
};

function article({ to, subject, text, link, created_at }: ShownMail): HTMLElement {
  return h(
    'article',
    {},
    h('h2', {}, subject),
    h('p', {}, 'To ', h('strong', {}, to), ', ', h('time', { datetime: created_at }, created_at)),
    h('details', {}, h('summary', {}, 'Read'), h('pre', { tabindex: 0 }, text)),
    h('a', { href: link, target: '_blank', rel: 'noopener' }, 'Open its link'),
  );
}
