import type { NewSession, User, UserList } from '../control/results.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import { api, query } from './api.ts';
import { attempt, button, confirm, dialog, field, form, h, notice, table } from './dom.ts';
import { appPicker, type View } from './view.ts';

const PAGE_SIZE = 50;
/** The fields that a form can edit: all but those that the emulator sets, and the password, which it never shows. */
const FIELDS = USER_FIELD_NAMES.filter((name) => !USER_FIELDS[name].system).flatMap((name) =>
  name === 'login' ? ([name, 'password'] as const) : [name],
);

export const users: View = {
  id: 'users',
  title: 'Users',
  async show(page) {
    let app = '';
    let offset = 0;
    let lastQuery = 0;
    const list = h('div', {});
    const search = h('input', { type: 'search', placeholder: 'id, login, email, name or phone', size: 28 });

    const load = async (): Promise<void> => {
      const thisQuery = ++lastQuery;
      const path = `/users${query({ app, offset, limit: PAGE_SIZE, search: search.value })}`;
      const { total, users } = await api<UserList>('GET', path);
      // a slow answer to an earlier query
      if (thisQuery !== lastQuery) return;
      // someone may have deleted the only user of the last page
      if (offset > 0 && offset >= total) return goTo(Math.max(0, Math.ceil(total / PAGE_SIZE) - 1) * PAGE_SIZE)();
      list.replaceChildren(usersTable(users, app, load), pager(total));
    };
    const goTo = (to: number) => () => {
      offset = to;
      return load();
    };
    const pager = (total: number) =>
      h(
        'div',
        { class: 'row' },
        h('span', {}, total === 1 ? '1 user' : `${total} users`),
        total > PAGE_SIZE && button('Previous', goTo(offset - PAGE_SIZE), { disabled: offset === 0 }),
        total > PAGE_SIZE && button('Next', goTo(offset + PAGE_SIZE), { disabled: offset + PAGE_SIZE >= total }),
      );

    search.addEventListener('input', () => void attempt(goTo(0)));
    const picker = await appPicker((chosen) => {
      app = chosen;
      return goTo(0)();
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

function usersTable(users: readonly User[], app: string, refresh: () => unknown): HTMLElement {
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
      button('Edit', () => edit(user, app, refresh), { 'aria-label': `Edit ${shortNameOf(user)}` }),
      button(
        'Delete',
        () =>
          confirm(`Delete ${nameOf(user)}?`, 'Delete', async () => {
            await api('DELETE', `/users/${user.id}${query({ app })}`);
            await refresh();
          }),
        { 'aria-label': `Delete ${shortNameOf(user)}` },
      ),
    ),
  ]);
  return table('Users', ['Id', 'Login', 'Name', 'Email', 'Tags', ''], rows, 'No users found.');
}

function shortNameOf({ login, email, id }: User): string {
  return String(login ?? email ?? `user ${id}`);
}

function nameOf(user: User): string {
  return `${user.login ?? user.email ?? 'user'} (${user.id})`;
}

async function copyToken(user: number, app: string): Promise<void> {
  const { token } = await api<NewSession>('POST', `/sessions${query({ app })}`, { user });
  try {
    await navigator.clipboard.writeText(token);
    notice('Token copied');
  } catch {
    // browsers forbid this to pages that come over http from another machine
    dialog('Fresh token', () => [h('input', { value: token, readonly: true, size: 44, 'aria-label': 'Token' })]);
  }
}

/** A form for a new user, or to edit one. It sends only the fields that changed. */
function edit(user: User | undefined, app: string, refresh: () => unknown): void {
  const inputs = FIELDS.map((name) => {
    const value = String((name === 'password' ? '' : user?.[name]) ?? '');
    // often JSON of several lines: a single-line input would drop the line breaks
    if (name === 'custom_data') return h('textarea', { name, rows: 4 }, value);
    return h('input', { name, value, autocomplete: 'off' });
  });
  // read back from the inputs, since browsers normalize line breaks
  const before = inputs.map(({ value }) => value);
  dialog(user ? `Edit ${nameOf(user)}` : 'New user', (close) => [
    form(
      async () => {
        const edited = inputs.filter(({ value }, at) => value !== before[at]);
        const fields = Object.fromEntries(edited.map(({ name, value }) => [name, value === '' ? null : value]));
        await api(user ? 'PATCH' : 'POST', `/users${user ? `/${user.id}` : ''}${query({ app })}`, fields);
        close();
        await refresh();
      },
      user ? 'Save' : 'Create',
      h('div', { class: 'grid' }, ...inputs.map((input) => field(input.name, input))),
    ),
  ]);
}

function generate(app: string, refresh: () => unknown): void {
  dialog('Generate users', (close) => [
    form(
      async ({ count }) => {
        await api('POST', `/users/generate${query({ app })}`, { count });
        close();
        await refresh();
      },
      'Generate',
      field('How many', h('input', { name: 'count', type: 'number', min: 1, value: 10, required: true })),
      h('p', {}, 'Names are made up; the password of each is “password”.'),
    ),
  ]);
}
