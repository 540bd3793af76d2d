import { type ComponentType, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type {
  ApplicationList,
  EmulatorInfo,
  FaultList,
  MailList,
  RequestList,
  SandboxList,
  StubList,
} from '../control/results.ts';
import { Clock } from './clock.tsx';
import { Dialogs } from './dialogs.tsx';
import { Evidence } from './evidence.tsx';
import { Faults } from './faults.tsx';
import './focus.ts';
import { counted } from '../support/counted.ts';
import { Icon, type IconName, Mark } from './icons.tsx';
import { NEWEST_REQUESTS, useLive } from './live.ts';
import { Outbox } from './outbox.tsx';
import { Overview } from './overview.tsx';
import { Requests } from './requests.tsx';
import { sandboxClock } from './sandbox-clock.ts';
import { Sandboxes, useSandbox } from './sandboxes.tsx';
import { Sessions } from './sessions.tsx';
import { Settings } from './settings.tsx';
import { Snapshots } from './snapshots.tsx';
import { connection, route, THEMES, theme } from './store.ts';
import { Stubs } from './stubs.tsx';
import { hueOf } from './ui.tsx';
import { Users } from './users.tsx';
import { Warnings } from './warnings.tsx';

interface View {
  readonly id: IconName;
  readonly title: string;
  readonly show: ComponentType;
}

const GROUPS: readonly (readonly View[])[] = [
  [
    { id: 'overview', title: 'Overview', show: Overview },
    { id: 'users', title: 'Users', show: Users },
    { id: 'sessions', title: 'Sessions', show: Sessions },
    { id: 'outbox', title: 'Outbox', show: Outbox },
  ],
  [
    { id: 'requests', title: 'Requests', show: Requests },
    { id: 'warnings', title: 'Warnings', show: Warnings },
    { id: 'faults', title: 'Faults', show: Faults },
    { id: 'stubs', title: 'Stubs', show: Stubs },
  ],
  [
    { id: 'clock', title: 'Clock', show: Clock },
    { id: 'settings', title: 'Settings', show: Settings },
    { id: 'snapshots', title: 'Snapshots', show: Snapshots },
    { id: 'sandboxes', title: 'Sandboxes', show: Sandboxes },
    { id: 'evidence', title: 'Evidence', show: Evidence },
  ],
];
const VIEWS = GROUPS.flat();

/** The counts beside the links. */
function useCounts(): Partial<Record<IconName, number | undefined>> {
  return {
    users: useLive<EmulatorInfo>('')?.applications.reduce((sum, { users }) => sum + users, 0),
    outbox: useLive<MailList>('/outbox')?.items.length,
    requests: useLive<RequestList>(NEWEST_REQUESTS)?.total,
    faults: useLive<FaultList>('/faults')?.items.length,
    stubs: useLive<StubList>('/stubs')?.items.length,
  };
}

function Navigation({ current }: { current: View }) {
  const counts = useCounts();
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    // on telephones the links scroll sideways
    const link = element.current?.querySelector<HTMLElement>('[aria-current]');
    if (link) element.current?.scrollTo({ left: link.offsetLeft - 60 });
  }, [current.id]);
  return (
    <nav aria-label="Views" ref={element}>
      {GROUPS.map((views, at) => (
        <div key={at}>
          {views.map((view) => (
            <a key={view.id} href={`#${view.id}`} aria-current={view === current ? 'page' : undefined}>
              <Icon name={view.id} />
              <span>{view.title}</span>
              {(counts[view.id] ?? 0) > 0 && <small aria-hidden="true">{counts[view.id]!.toLocaleString('en')}</small>}
            </a>
          ))}
        </div>
      ))}
    </nav>
  );
}

/** Conditions that surprise people who forgot about them. */
function Chips() {
  const clock = sandboxClock.value;
  const limited = useLive<ApplicationList>('/apps')?.apps.filter(({ rate_limit }) => rate_limit !== 'off');
  const faults = useLive<FaultList>('/faults')?.items.length ?? 0;
  const stubs = useLive<StubList>('/stubs')?.items.length ?? 0;
  return (
    <>
      {clock?.frozen && (
        <a class="chip poor" href="#clock">
          clock frozen
        </a>
      )}
      {!clock?.frozen && clock?.moved && (
        <a class="chip poor" href="#clock">
          clock moved
        </a>
      )}
      {limited?.map(({ id, rate_limit }) => (
        <a key={id} class="chip poor" href={`#settings?app=${id}`}>
          rate limit {rate_limit} s ({id})
        </a>
      ))}
      {faults > 0 && (
        <a class="chip bad" href="#faults">
          {counted(faults, 'fault')}
        </a>
      )}
      {stubs > 0 && (
        <a class="chip" href="#stubs">
          {counted(stubs, 'stub')}
        </a>
      )}
    </>
  );
}

function SandboxPicker() {
  const { sandbox, openSandbox } = useSandbox();
  const known = useLive<SandboxList>('/sandboxes')?.sandboxes ?? [];
  const names = [...new Set([...known, ...(sandbox === '' ? [] : [sandbox])])];
  return (
    <label class={`sandbox ${sandbox === '' ? '' : 'inside'}`} style={`--hue: ${hueOf(sandbox)}`}>
      <span class="dot" />
      <span class="hidden">Sandbox</span>
      <select
        value={sandbox}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget;
          currentTarget.value = sandbox;
          if (value === ' new') location.hash = '#sandboxes';
          else openSandbox(value);
        }}
      >
        <option value="">no sandbox</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value=" new">Manage sandboxes…</option>
      </select>
    </label>
  );
}

function ThemeSwitch() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
  const label = `Theme: ${theme.value}`;
  return (
    <button type="button" class="plain theme" aria-label={label} title={label} onClick={() => (theme.value = next)}>
      <Icon name={theme.value} />
    </button>
  );
}

function App() {
  const view = VIEWS.find(({ id }) => id === route.value.view) ?? VIEWS[0]!;
  const { sandbox } = useSandbox();
  useEffect(() => {
    document.title = `${view.title}${sandbox && `, ${sandbox}`} · users-emulator`;
  }, [view, sandbox]);
  const version = useLive<EmulatorInfo>('')?.version;
  const Shown = view.show;
  return (
    <>
      <p id="connection" role="status">
        {connection}
      </p>
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="#overview">
          <Mark />
          <strong>users-emulator</strong>
          <small>{version}</small>
        </a>
        <div class="chips">
          <Chips />
        </div>
        <SandboxPicker />
        <ThemeSwitch />
      </header>
      <Navigation current={view} />
      <main id="main" tabIndex={-1}>
        <h1>{view.title}</h1>
        <Shown key={view.id} />
      </main>
      <Dialogs />
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.querySelector('main')?.focus();
}

render(<App />, document.body);
