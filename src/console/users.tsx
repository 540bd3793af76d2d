import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { User, UserList } from '../control/results.ts';
import type { UserField } from '../model/records.ts';
import { counted } from '../support/counted.ts';
import { api, query } from './api.ts';
import { AppPicker, useChosenApplication } from './app-picker.tsx';
import { changed, useLive } from './live.ts';
import { closePanel } from './panel.tsx';
import { SearchField } from './search-field.tsx';
import { notice, openDialog, route, setParams } from './store.ts';
import { Button, Field, Form, type Heading, Table } from './ui.tsx';
import { ColumnPicker, columns, fieldValue } from './user-columns.tsx';
import { editUser, shortNameOf } from './user-form.tsx';
import { confirmDelete, copyToken, UserPanel } from './user-panel.tsx';

const PAGE_SIZE = 50;

/** The ids of the users that are ticked, in the application that is shown. */
const ticked = signal<ReadonlySet<number>>(new Set());

export function Users() {
  const chosen = useChosenApplication();
  const { app } = chosen;
  const { q = '', page = '1', sort = 'id', user: selected = '' } = route.value.params;
  const offset = (Math.max(1, Number(page) || 1) - 1) * PAGE_SIZE;
  const fresh = useLive<UserList>(
    app === '' ? '/users?limit=0' : `/users${query({ app, offset, limit: PAGE_SIZE, search: q, sort })}`,
  );
  // someone may have deleted the only user of the last page
  const isBeyond = fresh !== undefined && offset > 0 && offset >= fresh.total;
  if (isBeyond) setParams({ page: Math.max(1, Math.ceil(fresh.total / PAGE_SIZE)) });
  // while a page or a search is on its way, the rows before it stay
  const last = useRef<{ readonly app: string; readonly list: UserList } | undefined>(undefined);
  if (fresh && app !== '' && !isBeyond) last.current = { app, list: fresh };
  const list = last.current?.app === app ? last.current.list : undefined;
  const chosenUsers = list?.users.filter(({ id }) => ticked.value.has(id)) ?? [];
  return (
    <>
      <div class="row">
        <AppPicker {...chosen} />
        <SearchField placeholder="id, login, email, name or phone" />
        <SortPicker sort={sort} />
        <span class="grow" />
        <ColumnPicker />
        <Button action={() => generate(app)}>Generate users</Button>
        <Button class="main" action={() => editUser(undefined, app)}>
          New user
        </Button>
      </div>
      {chosenUsers.length > 0 && <TickedBar users={chosenUsers} app={app} />}
      {list && (
        <div class={selected === '' ? '' : 'split'}>
          <div>
            <Table
              label="Users"
              columns={[
                { name: 'Selected', head: <TickAll users={list.users} /> },
                ...columns.value.map((name) => sortable(name, sort)),
                { name: '', extra: true },
              ]}
              rows={list.users.map((user) => (
                <UserRow key={user.id} user={user} app={app} selected={String(user.id) === selected} />
              ))}
              empty={q ? 'No users found.' : 'No users found. Create one, or generate some.'}
            />
            <Pager total={list.total} offset={offset} shown={list.users.length} />
          </div>
          {selected !== '' && (
            <UserPanel
              key={selected}
              id={selected}
              app={app}
              listed={list.users.find(({ id }) => String(id) === selected)}
              close={() => closePanel('user', `user-${selected}`)}
            />
          )}
        </div>
      )}
    </>
  );
}

/** The heading of a column that sorts the list: ascending, then descending. */
function sortable(name: UserField, sort: string): Heading {
  const ascending = sort === name;
  const direction = ascending ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const head = (
    <Button class="sort" action={() => sortBy(ascending ? `-${name}` : name)}>
      {name}
      {direction && <span aria-hidden="true">{ascending ? ' ↑' : ' ↓'}</span>}
    </Button>
  );
  return { name, head, ...(direction && { sort: direction }), extra: isExtra(name) };
}

/** Sorts the list where it has no headings: on telephones. */
function SortPicker({ sort }: { sort: string }) {
  return (
    <select
      class="phone"
      aria-label="Sort by"
      value={sort}
      onChange={({ currentTarget }) => sortBy(currentTarget.value)}
    >
      {columns.value.flatMap((name) => [
        <option key={name} value={name}>{`Sort by ${name} ↑`}</option>,
        <option key={`-${name}`} value={`-${name}`}>{`Sort by ${name} ↓`}</option>,
      ])}
    </select>
  );
}

function sortBy(order: string): void {
  setParams({ sort: order === 'id' ? '' : order, page: '' });
}

/** Whether a column is left out while a panel takes its room. */
function isExtra(name: UserField): boolean {
  return name !== 'login' && name !== 'full_name' && name !== 'id';
}

function TickAll({ users }: { users: readonly User[] }) {
  const all = users.length > 0 && users.every(({ id }) => ticked.value.has(id));
  const some = !all && users.some(({ id }) => ticked.value.has(id));
  return (
    <input
      type="checkbox"
      aria-label="Select all on this page"
      checked={all}
      indeterminate={some}
      onChange={() => (ticked.value = new Set(all ? [] : users.map(({ id }) => id)))}
    />
  );
}

function toggleTick(id: number): void {
  const ids = new Set(ticked.value);
  if (!ids.delete(id)) ids.add(id);
  ticked.value = ids;
}

function TickedBar({ users, app }: { users: readonly User[]; app: string }) {
  const clear = () => {
    ticked.value = new Set();
    document.querySelector<HTMLElement>('thead input')?.focus();
  };
  return (
    <section class="row ticked" aria-label="Selected users">
      <strong>{counted(users.length, 'user')} selected</strong>
      <span class="grow" />
      <Button class="small danger" action={() => confirmDelete(users, app, clear)}>
        Delete selected
      </Button>
      <Button class="small" action={clear}>
        Clear selection
      </Button>
    </section>
  );
}

function Pager({ total, offset, shown }: { total: number; offset: number; shown: number }) {
  const goTo = (to: number) => () => setParams({ page: to / PAGE_SIZE + 1 });
  const count = total === 1 ? '1 user' : `${total.toLocaleString('en')} users`;
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

function UserRow({ user, app, selected }: { user: User; app: string; selected: boolean }) {
  const name = shortNameOf(user);
  return (
    <tr id={`user-${user.id}`} class={selected ? 'selected' : ''}>
      <td>
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={ticked.value.has(user.id)}
          onChange={() => toggleTick(user.id)}
        />
      </td>
      {columns.value.map((field) => (
        <td key={field} data-head={field} class={isExtra(field) ? 'extra' : ''}>
          {field === 'login' ? (
            <Button
              class="link"
              aria-label={`Details of ${name}`}
              aria-expanded={selected}
              action={() => setParams({ user: selected ? '' : user.id })}
            >
              {user.login ?? '–'}
            </Button>
          ) : (
            fieldValue(user, field)
          )}
        </td>
      ))}
      <td class="extra">
        <span class="actions">
          <Button
            class="small"
            title="Copy a fresh token"
            aria-label={`Token for ${name}`}
            action={() => copyToken(user, app)}
          >
            Token
          </Button>
          <Button class="small" aria-label={`Edit ${name}`} action={() => editUser(user, app)}>
            Edit
          </Button>
          <Button class="small" aria-label={`Delete ${name}`} action={() => confirmDelete([user], app)}>
            Delete
          </Button>
        </span>
      </td>
    </tr>
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
        notice(`${counted(Number(count), 'user')} generated`);
      }}
    >
      <Field label="How many">
        <input name="count" type="number" min={1} defaultValue="10" required />
      </Field>
      <p class="soft">Names are made up; the password of each is “password”.</p>
    </Form>
  ));
}
