import type { ComponentChildren } from 'preact';
import type {
  ApplicationInfo,
  EmulatorInfo,
  FaultList,
  MailList,
  RequestList,
  StubList,
  WarningList,
} from '../control/results.ts';
import { fillSnippets } from '../dialects/snippets.ts';
import { counted } from '../support/counted.ts';
import { apiHost, apiUrl, apiWithoutScheme, docsUrl, openApiUrl } from './api.ts';
import { NEWEST_REQUESTS, useApplications, useLive } from './live.ts';
import { RequestLinks } from './request-links.tsx';
import { sandboxClock } from './sandbox-clock.ts';
import { reset } from './snapshots.tsx';
import { Button, CopyButton, Empty, Time } from './ui.tsx';

export function Overview() {
  const info = useLive<EmulatorInfo>('');
  const { apps } = useApplications(undefined);
  const clock = sandboxClock.value;
  const faults = useLive<FaultList>('/faults');
  const stubs = useLive<StubList>('/stubs');
  const mails = useLive<MailList>('/outbox');
  const warnings = useLive<WarningList>('/warnings');
  const requests = useLive<RequestList>(NEWEST_REQUESTS);
  if (!info || !apps) return null;
  const users = apps.reduce((sum, each) => sum + each.users, 0);
  const warned = warnings?.items.reduce((sum, each) => sum + each.count, 0);
  return (
    <>
      <div class="card hero">
        <div>
          <h2 class="first">Ready for your application</h2>
          <code>{apiUrl}</code>
          <p class="soft">
            {info.name} {info.version}, process {info.pid}, since <Time iso={info.started_at} /> · also over HTTPS, at{' '}
            <code>{info.https_url}</code>
          </p>
          <p class="soft">
            {info.data_file === null ? (
              'The state is in memory only: start with --data to keep it.'
            ) : (
              <>
                The state is kept in <code>{info.data_file}</code>.
              </>
            )}
          </p>
          <p>
            <a href={openApiUrl} target="_blank" rel="noopener">
              OpenAPI document
            </a>{' '}
            ·{' '}
            <a href={docsUrl} target="_blank" rel="noopener">
              Documentation
            </a>
          </p>
        </div>
        <CopyButton text={apiUrl} name="Address" label="Copy address" />
        <Button class="danger" action={() => reset('seed', 'Reset to the seed?')}>
          Reset…
        </Button>
      </div>
      <div class="tiles">
        <Tile view="users" label="Users" value={users} />
        <Tile view="requests" label="Requests" value={requests?.total} />
        <Tile view="outbox" label="Mails" value={mails?.items.length} />
        <Tile view="warnings" label="Warnings" value={warned} kind={warned ? 'poor' : ''} />
        <Tile view="faults" label="Faults" value={faults?.items.length} kind={faults?.items.length ? 'bad' : ''} />
        <Tile view="stubs" label="Stubs" value={stubs?.items.length} />
        <Tile
          view="clock"
          label="Clock"
          value={clock?.frozen ? 'frozen' : clock?.moved ? 'moved' : 'running'}
          kind={clock?.frozen || clock?.moved ? 'poor' : ''}
        />
      </div>
      <h2>Applications</h2>
      {apps.length === 0 && <Empty>No applications: start with --seed for examples.</Empty>}
      <div class="columns">
        {apps.map((each) => (
          <Application key={each.id} app={each} />
        ))}
      </div>
      <h2>Latest requests</h2>
      {requests?.items.length === 0 && (
        <Empty>
          No requests yet. Try <code>curl {apiUrl}/users.json</code>
        </Empty>
      )}
      <RequestLinks requests={requests?.items} withOperation />
    </>
  );
}

function Tile(props: { view: string; label: string; value: ComponentChildren; kind?: string }) {
  return (
    <a class={`tile ${props.kind ?? ''}`} href={`#${props.view}`}>
      <strong>{props.value ?? '–'}</strong>
      <span>{props.label}</span>
    </a>
  );
}

function Application({ app: { id, dialect, auth_key, auth_secret, users } }: { app: ApplicationInfo }) {
  const rows: readonly (readonly [string, string])[] = [
    ['appId', String(id)],
    ['authKey', auth_key],
    ['authSecret', auth_secret ?? ''],
  ];
  const snippets = fillSnippets(dialect, {
    id: String(id),
    auth_key,
    ...(auth_secret !== null && { auth_secret }),
    url: apiUrl,
    api: apiWithoutScheme,
    host: apiHost,
  });
  return (
    <article class="card">
      <header>
        <h3>
          {id} <span class="tag">{dialect}</span>
        </h3>
        <a href={`#users?app=${id}`}>{counted(users, 'user')}</a>
      </header>
      <dl class="credentials">
        {rows
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton text={value} name={`${name} of ${id}`} />
              </dd>
            </div>
          ))}
      </dl>
      {snippets.length > 0 && (
        <details>
          <summary>How clients connect</summary>
          {snippets.map(({ title, code }) => (
            <div key={title} class="snippet">
              <header>
                <h4>{title}</h4>
                <CopyButton text={code} name={`code for ${title}`} />
              </header>
              <pre tabIndex={0}>{code}</pre>
            </div>
          ))}
        </details>
      )}
    </article>
  );
}
