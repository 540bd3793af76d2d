import type { NewSession, RequestList, SessionList, User } from '../control/results.ts';
import { USER_FIELD_NAMES } from '../model/fields.ts';
import { counted } from '../support/counted.ts';
import { api, query } from './api.ts';
import { changed, useLive } from './live.ts';
import { Panel } from './panel.tsx';
import { RequestLinks } from './request-links.tsx';
import { expireSessions } from './sessions.tsx';
import { notice } from './store.ts';
import { Ago, Button, confirm, copy, Time } from './ui.tsx';
import { fieldValue } from './user-columns.tsx';
import { editUser, nameOf, shortNameOf } from './user-form.tsx';

/** How many sessions and requests of a user are listed. */
const MOST = 10;

/** One user with all fields, sessions and recent requests. @param listed the user as the list has it, if it is there */
export function UserPanel(props: { id: string; app: string; listed: User | undefined; close: () => void }) {
  const { id, app, listed, close } = props;
  const user = useLive<User>(`/users/${id}${query({ app })}`) ?? listed;
  if (!user) {
    return (
      <Panel title={`User ${id}`} close={close}>
        <p class="soft">Application {app} has no such user.</p>
      </Panel>
    );
  }
  return (
    <Panel title={shortNameOf(user)} close={close}>
      <div class="row">
        <Button class="small" action={() => copyToken(user, app)}>
          Copy a fresh token
        </Button>
        <Button class="small" action={() => editUser(user, app)}>
          Edit
        </Button>
        <Button class="small danger" action={() => confirmDelete([user], app, close)}>
          Delete
        </Button>
      </div>
      <dl class="fields">
        {USER_FIELD_NAMES.map((name) => [name, fieldValue(user, name)] as const)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        <div>
          <dt>password</dt>
          <dd class="soft">{user.has_password ? 'set' : 'none'}</dd>
        </div>
        {user.guest_until !== undefined && (
          <div>
            <dt>guest until</dt>
            <dd>
              <Time iso={new Date(user.guest_until).toISOString()} />
            </dd>
          </div>
        )}
      </dl>
      <SessionsOf user={user} app={app} />
      <RequestsOf user={user} app={app} />
    </Panel>
  );
}

function SessionsOf({ user: { id }, app }: { user: User; app: string }) {
  const list = useLive<SessionList>(`/sessions${query({ app, user: id, limit: MOST })}`);
  return (
    <section>
      <header class="row">
        <h3>{list && list.total > 0 ? `Sessions (${list.total})` : 'Sessions'}</h3>
        <span class="grow" />
        {list && list.total > 0 && (
          <Button class="small" action={() => expireSessions({ user: id }, app)}>
            End all
          </Button>
        )}
      </header>
      {list?.total === 0 && <p class="soft">None: the user is signed out.</p>}
      <ul class="latest">
        {list?.sessions.map((session) => (
          <li key={session.id}>
            <span>
              <code>{session.token.slice(0, 12)}…</code>
              <span class="soft">
                used <Ago iso={session.updated_at} />, ends <Ago iso={session.expires_at} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RequestsOf({ user: { id }, app }: { user: User; app: string }) {
  const list = useLive<RequestList>(`/requests${query({ app, user: id, limit: MOST })}`);
  return (
    <section>
      <header class="row">
        <h3>Recent requests</h3>
        <span class="grow" />
        {list && list.total > MOST && <a href={`#requests?q=user:${id}`}>All {list.total}</a>}
      </header>
      {list?.total === 0 && <p class="soft">None yet.</p>}
      <RequestLinks requests={list?.items} />
    </section>
  );
}

export async function copyToken(user: User, app: string): Promise<void> {
  const { token } = await api<NewSession>('POST', `/sessions${query({ app })}`, { user: user.id });
  await copy(token, 'Token');
}

/** Asks, then deletes users. @param deleted called once they are gone */
export function confirmDelete(users: readonly User[], app: string, deleted?: () => void): void {
  const [first] = users;
  const names = users.length === 1 && first ? nameOf(first) : counted(users.length, 'user');
  const remove = async () => {
    for (const { id } of users) await api('DELETE', `/users/${id}${query({ app })}`);
    await changed();
    deleted?.();
    notice(`${names} ${users.length === 1 ? 'was' : 'were'} deleted`);
  };
  const loss = users.length === 1 ? 'The user’s sessions end, too.' : 'Their sessions end, too.';
  confirm(`Delete ${names}?`, 'Delete', remove, loss);
}
