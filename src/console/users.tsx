import { useRef } from 'preact/hooks';
import type { NewSession, User, UserList } from '../control/results.ts';
import { api, query } from './api.ts';
import { AppPicker, useChosenApplication } from './app-picker.tsx';
import { changed, useLive } from './live.ts';
import { copy, notice, openDialog, route, setParams } from './store.ts';
import { Button, confirm, Field, Form, Table, Tags, Time } from './ui.tsx';
import { editUser, nameOf, shortNameOf } from './user-form.tsx';

const PAGE_SIZE = 50;

export function Users() {
  const chosen = useChosenApplication();
  const { app } = chosen;
  const { q = '', page = '1' } = route.value.params;
  const offset = (Math.max(1, Number(page) || 1) - 1) * PAGE_SIZE;
  const fresh = useLive<UserList>(
    app === '' ? '/users?limit=0' : `/users${query({ app, offset, limit: PAGE_SIZE, search: q })}`,
  );
  // while a search is on its way, the rows before it stay
  const last = useRef<{ readonly app: string; readonly list: UserList } | undefined>(undefined);
  if (fresh && app !== '') last.current = { app, list: fresh };
  const list = last.current?.app === app ? last.current.list : undefined;
  // someone may have deleted the only user of the last page
  if (fresh && offset > 0 && offset >= fresh.total)
    setParams({ page: Math.max(1, Math.ceil(fresh.total / PAGE_SIZE)) });
  return (
    <>
      <div class="row">
        <AppPicker {...chosen} />
        <Field label="Search">
          <input
            type="search"
            value={q}
            placeholder="id, login, email, name or phone"
            size={28}
            onInput={(event) => setParams({ q: event.currentTarget.value, page: '' })}
          />
        </Field>
        <span class="grow" />
        <Button action={() => generate(app)}>Generate users</Button>
        <Button class="main" action={() => editUser(undefined, app)}>
          New user
        </Button>
      </div>
      {list && (
        <>
          <Table
            label="Users"
            columns={['Id', 'Login', 'Name', 'Email', 'Phone', 'Tags', 'Last seen', '']}
            rows={list.users.map((user) => <UserRow key={user.id} user={user} app={app} />)}
            empty={q ? 'No users found.' : 'No users found. Create one, or generate some.'}
          />
          <Pager total={list.total} offset={offset} shown={list.users.length} />
        </>
      )}
    </>
  );
}

function Pager({ total, offset, shown }: { total: number; offset: number; shown: number }) {
  const goTo = (to: number) => () => setParams({ page: to / PAGE_SIZE + 1 });
  const count = total === 1 ? '1 user' : `${total} users`;
  return (
    <div class="row pager">
      <span class="soft">{total > PAGE_SIZE ? `${offset + 1}–${offset + shown} of ${count}` : count}</span>
      {total > PAGE_SIZE && (
        <>
          <Button action={goTo(offset - PAGE_SIZE)} disabled={offset === 0}>
            Previous
          </Button>
          <Button action={goTo(offset + PAGE_SIZE)} disabled={offset + PAGE_SIZE >= total}>
            Next
          </Button>
        </>
      )}
    </div>
  );
}

function UserRow({ user, app }: { user: User; app: string }) {
  const remove = async () => {
    const row = document.getElementById(`user-${user.id}`);
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    await api('DELETE', `/users/${user.id}${query({ app })}`);
    await changed();
    next?.querySelector<HTMLElement>('button:last-child')?.focus();
    notice(`${nameOf(user)} was deleted`);
  };
  return (
    <tr id={`user-${user.id}`}>
      <td data-head="Id">
        <code>{user.id}</code>
      </td>
      <td data-head="Login">
        <strong>{user.login}</strong>
      </td>
      <td data-head="Name">{user.full_name}</td>
      <td data-head="Email">{user.email}</td>
      <td data-head="Phone">{user.phone}</td>
      <td data-head="Tags">{user.user_tags && <Tags text={user.user_tags} />}</td>
      <td data-head="Last seen">{user.last_request_at && <Time iso={user.last_request_at} />}</td>
      <td>
        <span class="actions">
          <Button
            class="small"
            title="Copy a fresh token"
            aria-label={`Token for ${shortNameOf(user)}`}
            action={() => copyToken(user.id, app)}
          >
            Token
          </Button>
          <Button class="small" aria-label={`Edit ${shortNameOf(user)}`} action={() => editUser(user, app)}>
            Edit
          </Button>
          <Button
            class="small"
            aria-label={`Delete ${shortNameOf(user)}`}
            action={() => confirm(`Delete ${nameOf(user)}?`, 'Delete', remove, 'The user’s sessions end, too.')}
          >
            Delete
          </Button>
        </span>
      </td>
    </tr>
  );
}

async function copyToken(user: number, app: string): Promise<void> {
  const { token } = await api<NewSession>('POST', `/sessions${query({ app })}`, { user });
  await copy(token, 'Token', () =>
    openDialog('Fresh token', () => <input class="wide" value={token} readOnly size={44} aria-label="Token" />),
  );
}

function generate(app: string): void {
  openDialog('Generate users', (close) => (
    <Form
      label="Generate"
      cancel={close}
      submit={async ({ count }) => {
        await api('POST', `/users/generate${query({ app })}`, { count });
        close();
        await changed();
        notice(`${count} users were generated`);
      }}
    >
      <Field label="How many">
        <input name="count" type="number" min={1} defaultValue="10" required />
      </Field>
      <p class="soft">Names are made up; the password of each is “password”.</p>
    </Form>
  ));
}
