import { signal, useSignal } from '@preact/signals';
import { memo } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import type { RequestList } from '../control/results.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { JOURNAL_LIMITS } from '../sandbox/journal-limits.ts';
import { counted } from '../support/counted.ts';
import { api, query } from './api.ts';
import { change, keepFresh } from './live.ts';
import { closePanel } from './panel.tsx';
import { matcher } from './request-filter.ts';
import { RequestPanel } from './request-panel.tsx';
import { SearchField } from './search-field.tsx';
import { route, saveFile, setParams } from './store.ts';
import { Button, confirm, Status, Table, Time } from './ui.tsx';

const PAGE = 200;

const entries = signal<readonly JournalEntry[]>([]);
const paused = signal(false);

/** Reads the requests that came after the last known one, or all when that one is gone: the journal was cleared. */
async function readJournal(): Promise<void> {
  if (paused.value) return;
  const known = entries.peek();
  const last = known.at(-1);
  if (last) {
    const { items } = await api<RequestList>('GET', `/requests${query({ after: last.id - 1 })}`);
    const [first, ...more] = items;
    // the time, too: another emulator, started on the same port, counts its ids from 1 again
    if (first?.id === last.id && first.time === last.time) {
      // another reading may have been faster
      const newest = entries.peek().at(-1)?.id ?? 0;
      const added = more.filter(({ id }) => id > newest);
      if (added.length > 0) entries.value = [...entries.peek(), ...added].slice(-JOURNAL_LIMITS.entries);
      return;
    }
  }
  const { items } = await api<RequestList>('GET', '/requests');
  if (items.length > 0 || known.length > 0) entries.value = items;
}

export function Requests() {
  useEffect(() => keepFresh('/requests', readJournal), []);
  const limit = useSignal(PAGE);
  const { q = '', errors = '', id = '' } = route.value.params;
  const all = entries.value;
  const matches = matcher(q);
  const found = all.filter((entry) => (errors === '' || entry.status >= 400 || entry.status === 0) && matches(entry));
  const shown = found.slice(-limit.value).reverse();
  const selected = all.find((entry) => String(entry.id) === id);
  return (
    <>
      <div class="row">
        <SearchField
          label="Filter"
          hint="words, or status:4xx op:users.create method:post user:51941 tag:x -word"
          placeholder="users.create, 422, status:5xx, login…"
          size={32}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={errors !== ''}
            onChange={(event) => setParams({ errors: event.currentTarget.checked ? 1 : '' })}
          />
          errors only
        </label>
        <span class="grow" />
        <Button aria-pressed={paused.value} action={togglePause}>
          {paused.value ? 'Continue' : 'Pause'}
        </Button>
        <Button action={saveHar} disabled={all.length === 0}>
          Save as HAR
        </Button>
        <Button action={clear} disabled={all.length === 0}>
          Clear
        </Button>
      </div>
      <div class={selected ? 'split' : ''}>
        <div>
          <Table
            label="Requests"
            compact
            columns={[
              'Time',
              'Status',
              'Request',
              ...['Operation', 'User', 'ms', 'Notes'].map((name) => ({ name, extra: true })),
              '',
            ]}
            rows={shown.map((entry) => <Row key={entry.id} entry={entry} selected={entry === selected} />)}
            empty={
              all.length === 0
                ? 'No requests yet. Requests of your application appear here at once.'
                : 'No request matches the filter.'
            }
          />
          {shown.length > 0 && (
            <div class="row pager">
              <span class="soft">
                {found.length > shown.length && `${shown.length} of `}
                {counted(found.length, 'request')}
              </span>
              {found.length > shown.length && <Button action={() => (limit.value += PAGE)}>Show more</Button>}
            </div>
          )}
        </div>
        {selected && <RequestPanel entry={selected} close={() => closePanel('id', `request-${id}`)} />}
      </div>
    </>
  );
}

async function togglePause(): Promise<void> {
  paused.value = !paused.value;
  await readJournal();
}

/** All requests with their answers, for the network panel of a browser. */
async function saveHar(): Promise<void> {
  saveFile('users-emulator.har', await api('GET', '/requests.har'));
}

function clear(): void {
  confirm(
    'Delete all requests?',
    'Clear',
    () => change('DELETE', '/requests'),
    'The journal starts again; users, sessions and mails stay.',
  );
}

const Row = memo(({ entry, selected }: { entry: JournalEntry; selected: boolean }) => {
  const { id, time, status, method, path, operation, user_id, duration_ms, errors, fault, tag, warnings, request } =
    entry;
  const notes = [...errors, ...(fault ? [fault] : []), ...(tag ? [`#${tag}`] : []), ...warnings];
  const at = request.url.indexOf('?');
  return (
    <tr id={`request-${id}`} class={selected ? 'selected' : ''}>
      <td data-head="Time">
        <Time iso={time} precise />
      </td>
      <td data-head="Status">
        <Status status={status} />
      </td>
      <td data-head="Request">
        <code class="long">
          <b>{method}</b> {path}
          {at > 0 && <span class="soft">{request.url.slice(at)}</span>}
        </code>
      </td>
      <td data-head="Operation" class="extra">
        {operation}
      </td>
      <td data-head="User" class="extra">
        {user_id !== null && <code>{user_id}</code>}
      </td>
      <td data-head="ms" class="number extra">
        {Math.round(duration_ms * 10) / 10}
      </td>
      <td data-head="Notes" class="extra">
        {notes.length > 0 && <span class="long notes">{notes.join(', ')}</span>}
      </td>
      <td>
        <Button
          class="small"
          aria-label={`Details of ${method} ${path}`}
          aria-expanded={selected}
          action={() => setParams({ id: selected ? '' : id })}
        >
          Details
        </Button>
      </td>
    </tr>
  );
});
