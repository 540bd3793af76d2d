import type { SessionInfo, SessionList } from '../control/results.ts';
import { query } from './api.ts';
import { AppPicker, useChosenApplication } from './app-picker.tsx';
import { change, useLive } from './live.ts';
import { sandboxTime } from './sandbox-clock.ts';
import { notice } from './store.ts';
import { Ago, Button, CopyButton, confirm, Table, Time } from './ui.tsx';

const MAX_SHOWN = 200;

export function Sessions() {
  const chosen = useChosenApplication();
  const { app } = chosen;
  const list = useLive<SessionList>(`/sessions${query({ app, limit: MAX_SHOWN })}`);
  // those that end while they are shown
  const alive = ({ expires_at }: SessionInfo) => Date.parse(expires_at) > sandboxTime.value;
  const endAll = () =>
    confirm(
      'End all sessions?',
      'End all',
      () => expireSessions({ all: true }),
      'This ends the sessions of all applications: every client has to sign in again.',
    );
  return (
    <>
      <p class="lead">A session that you end counts as expired: the next request with its token answers 401.</p>
      <div class="row">
        <AppPicker {...chosen} />
        <span class="grow" />
        <Button class="danger" action={endAll} disabled={!list || list.total === 0}>
          End all
        </Button>
      </div>
      {list && (
        <>
          <Table
            label="Sessions"
            columns={['User', 'Token', 'Created', 'Last used', 'Expires', '']}
            rows={list.sessions
              .filter(alive)
              .map(({ token, id, user_id, login, created_at, updated_at, expires_at }) => (
                <tr key={id}>
                  <td data-head="User">
                    {user_id === null ? (
                      <span class="soft">application only</span>
                    ) : (
                      <>
                        <strong>{login}</strong> <code>{user_id}</code>
                      </>
                    )}
                  </td>
                  <td data-head="Token">
                    <code>{token.slice(0, 12)}…</code>
                  </td>
                  <td data-head="Created">
                    <Time iso={created_at} />
                  </td>
                  <td data-head="Last used">
                    <Ago iso={updated_at} />
                  </td>
                  <td data-head="Expires">
                    <Ago iso={expires_at} />
                  </td>
                  <td>
                    <span class="actions">
                      <CopyButton text={token} name="Token" />
                      <Button class="small" aria-label={`End session ${id}`} action={() => expireSessions({ token })}>
                        End
                      </Button>
                    </span>
                  </td>
                </tr>
              ))}
            empty="No sessions: nobody has signed in."
          />
          {list.total > list.sessions.length && (
            <p class="soft">
              The last {list.sessions.length} of {list.total} sessions.
            </p>
          )}
        </>
      )}
    </>
  );
}

/** Ends sessions. @param app of a `user` */
export async function expireSessions(which: object, app?: string): Promise<void> {
  const { expired } = await change<{ expired: number }>('POST', `/sessions/expire${query({ app })}`, which);
  notice(expired === 1 ? 'The session was ended' : `${expired} sessions were ended`);
}
