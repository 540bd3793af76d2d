import type { ShownUser } from '../client/control-client.ts';
import type { UserField } from '../model/records.ts';
import { api, query } from './api.ts';
import { attempt, button, confirm, dialog, field, form, h, notice, table } from './dom.ts';
import { appPicker, type View } from './view.ts';

const PAGE = 50;
const FIELDS: readonly (UserField | 'password')[] = [
  'login',
  'password',
  'email',
  'full_name',
  'phone',
  'website',
  'user_tags',
  'external_user_id',
  'external_id',
  'facebook_id',
  'twitter_id',
  'blob_id',
  'avatar',
  'timezone',
  'custom_data',
];

export const users: View = {
  id: 'users',
  title: 'Users',
  async show(page) {
    let app = '';
    let offset = 0;
    let asked = 0;
    const list = h('div', {});
    const search = h('input', { type: 'search', placeholder: 'id, login, email, name or phone', size: 28 });

    const load = async (): Promise<void> => {
      const question = ++asked;
      const path = `/users${query({ app, offset, limit: PAGE, search: search.value })}`;
      const { total, users } = await api<{ total: number; users: ShownUser[] }>('GET', path);
      // a slow answer to an older question
      if (question !== asked) return;
      // the last page may have lost its last user
      if (offset > 0 && offset >= total) return turn(Math.max(0, Math.ceil(total / PAGE) - 1) * PAGE)();
      list.replaceChildren(usersTable(users, app, load), pages(total));
    };
    const turn = (to: number) => () => {
      offset = to;
      return load();
    };
    const pages = (total: number) =>
      h(
        'div',
        { class: 'row' },
        h('span', {}, total === 1 ? '1 user' : `${total} users`),
        total > PAGE && button('Previous', turn(offset - PAGE), { disabled: offset === 0 }),
        total > PAGE && button('Next', turn(offset + PAGE), { disabled: offset + PAGE >= total }),
      );

    search.addEventListener('input', () => void attempt(turn(0)));
    const picker = await appPicker((chosen) => {
      app = chosen;
      return turn(0)();
    });
    page.append(
      h(
        'div',
        { class: 'row' },
        picker,
        field('Search', search),
        button('New user', () => edit(undefined, app, load), { class: 'main' }),
        button('Generate users', () => generate(app, load)),
      ),
      list,
    );
  },
};

function usersTable(users: readonly ShownUser[], app: string, changed: () => unknown): HTMLElement {
  const rows = users.map((user) => [
    user.id,
    h('strong', {}, String(user.login ?? '')),
    String(user.full_name ?? ''),
    String(user.email ?? ''),
    String(user.user_tags ?? ''),
    h(
      'span',
      { class: 'actions' },
      button('Token', () => copyToken(user.id, app), {
        title: 'Copy a fresh token',
        'aria-label': `Token for ${shortNameOf(user)}`,
      }),
      button('Edit', () => edit(user, app, changed), { 'aria-label': `Edit ${shortNameOf(user)}` }),
      button(
        'Delete',
        () =>
          confirm(`Delete ${nameOf(user)}?`, 'Delete', async () => {
            await api('DELETE', `/users/${user.id}${query({ app })}`);
            await changed();
          }),
        { 'aria-label': `Delete ${shortNameOf(user)}` },
      ),
    ),
  ]);
  return table('Users', ['Id', 'Login', 'Name', 'Email', 'Tags', ''], rows, 'No users here.');
}

function shortNameOf({ login, email, id }: ShownUser): string {
  return String(login ?? email ?? `user ${id}`);
}

function nameOf(user: ShownUser): string {
  return `${user.login ?? user.email ?? 'user'} (${user.id})`;
}

async function copyToken(user: number, app: string): Promise<void> {
  const { token } = await api<{ token: string }>('POST', `/sessions${query({ app })}`, { user });
  try {
    await navigator.clipboard.writeText(token);
    notice('Token copied');
  } catch {
    // pages that did not come from this machine may not write there
    dialog('A fresh token', () => [h('input', { value: token, readonly: true, size: 44, 'aria-label': 'Token' })]);
  }
}

/** A form for a new user, or for what is to change of one. */
function edit(user: ShownUser | undefined, app: string, changed: () => unknown): void {
  const inputs = FIELDS.map((name) => {
    const value = String(user?.[name as UserField] ?? '');
    // of several lines, as JSON likes to be: an input of one line would lose their ends
    if (name === 'custom_data') return h('textarea', { name, rows: 4 }, value);
    return h('input', { name, value, autocomplete: 'off' });
  });
  // as the browser gives it back: it writes the ends of lines its own way
  const before = inputs.map(({ value }) => value);
  dialog(user ? `Edit ${nameOf(user)}` : 'New user', (close) => [
    form(
      async () => {
        const edited = inputs.filter(({ value }, at) => value !== before[at]);
        const fields = Object.fromEntries(edited.map(({ name, value }) => [name, value === '' ? null : value]));
        await api(user ? 'PATCH' : 'POST', `/users${user ? `/${user.id}` : ''}${query({ app })}`, fields);
        close();
        await changed();
      },
      user ? 'Save' : 'Create',
      h('div', { class: 'grid' }, ...inputs.map((input) => field(input.name, input))),
    ),
  ]);
}

function generate(app: string, changed: () => unknown): void {
  dialog('Generate users', (close) => [
    form(
      async ({ count }) => {
        await api('POST', `/users/generate${query({ app })}`, { count });
        close();
        await changed();
      },
      'Generate',
      field('How many', h('input', { name: 'count', type: 'number', min: 1, value: 10, required: true })),
      h('p', {}, 'Names are made up; the password of each is “password”.'),
    ),
  ]);
}
