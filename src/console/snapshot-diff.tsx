import type { ChangedUser, DiffCounts, StateDiff } from '../control/results.ts';
import { useLive } from './live.ts';
import { Panel } from './panel.tsx';
import { shortNameOf } from './user-form.tsx';

/** The most users that a list names. */
const MOST = 100;

/** What changed since a snapshot, live. */
export function SnapshotDiff({ name, close }: { name: string; close: () => void }) {
  const diff = useLive<StateDiff>(`/snapshots/${encodeURIComponent(name)}/diff`);
  if (diff === undefined) return null;
  const { users, sessions, mails } = diff;
  const ofUsers = users.created.length + users.changed.length + users.deleted.length;
  const nothing = ofUsers + sessions.created + sessions.deleted + mails.created + mails.deleted === 0;
  return (
    <Panel title={`Since “${name}”`} close={close}>
      {nothing && <p class="soft">Nothing has changed.</p>}
      <Users
        kind="Created"
        users={users.created.map(({ app, user }) => ({ app, id: user.id, name: shortNameOf(user) }))}
      />
      {users.changed.length > 0 && <h3>Changed users: {users.changed.length}</h3>}
      {users.changed.slice(0, MOST).map((each) => (
        <Changed key={`${each.app} ${each.id}`} user={each} />
      ))}
      <Users
        kind="Deleted"
        users={users.deleted.map(({ app, user }) => ({ app, id: user.id, name: shortNameOf(user) }))}
      />
      {!nothing && (
        <dl>
          <Counts of="Sessions" counts={sessions} />
          <Counts of="Mails" counts={mails} />
        </dl>
      )}
    </Panel>
  );
}

function Users(props: { kind: 'Created' | 'Deleted'; users: readonly { app: number; id: number; name: string }[] }) {
  const { kind, users } = props;
  if (users.length === 0) return null;
  return (
    <>
      <h3>
        {kind} users: {users.length}
      </h3>
      <p class="paths">
        {users.slice(0, MOST).map(({ app, id, name }) => (
          <code key={`${app} ${id}`}>
            {kind === 'Created' ? <a href={`#users?app=${app}&user=${id}`}>{name}</a> : name}
          </code>
        ))}
        {users.length > MOST && <span class="soft">and {users.length - MOST} more</span>}
      </p>
    </>
  );
}

function Changed({ user: { app, id, fields } }: { user: ChangedUser }) {
  return (
    <div>
      <a href={`#users?app=${app}&user=${id}`}>User {id}</a>
      <table class="headers">
        <tbody>
          {Object.entries(fields).map(([name, { before, after }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <del>{before ?? 'none'}</del> → <ins>{after ?? 'none'}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Counts({ of, counts: { created, deleted } }: { of: string; counts: DiffCounts }) {
  return (
    <div>
      <dt>{of}</dt>
      <dd>
        {created} created, {deleted} deleted
      </dd>
    </div>
  );
}
