import { curlCommand } from '../control/curl.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { counted } from '../support/counted.ts';
import { change } from './live.ts';
import { Panel } from './panel.tsx';
import { notice } from './store.ts';
import { addStub } from './stubs.tsx';
import { Button, CopyButton, confirm, EvidenceList, Status, Time } from './ui.tsx';

/** A request and its answer side by side, and why it was answered like this. */
export function RequestPanel({ entry, close }: { entry: JournalEntry; close: () => void }) {
  const { id, method, path, request, response, status, time, duration_ms, operation, application, user_id } = entry;
  const failNext = async () => {
    const match = operation === undefined ? { method, path } : { operation };
    await change('POST', '/faults', { match, status: 503, times: 1 });
    notice('The next request like this answers 503');
  };
  const stub = () => {
    const body = response?.body;
    addStub({
      match: `${method} ${path}`,
      status: response?.status ?? 200,
      json: typeof body === 'string' || body === null ? '' : JSON.stringify(body, null, 2),
    });
  };
  const rewind = () =>
    confirm(
      `Rewind to before request ${id}?`,
      'Rewind',
      async () => {
        await change('POST', `/requests/${id}/rewind`);
        notice(`The state is that before request ${id}`);
      },
      'What this request and all later ones changed is lost.',
    );
  return (
    <Panel title={`${method} ${path}`} close={close}>
      <p class="facts">
        <Status status={status} /> <span>#{id}</span> <Time iso={time} precise />{' '}
        <span>{Math.round(duration_ms * 10) / 10} ms</span>
        {operation && <span>{operation}</span>}
        {application !== null && <span>application {application}</span>}
        {user_id !== null && <span>user {user_id}</span>}
      </p>
      <div class="row">
        <CopyButton text={curlCommand(entry)} name="cURL command" label="Copy as cURL" />
        {response && <CopyButton text={textOf(response.body)} name="Answer" label="Copy answer" />}
        <Button class="small" action={failNext}>
          Fail the next one
        </Button>
        <Button class="small" action={stub}>
          Stub this
        </Button>
        <Button class="small" action={rewind}>
          Rewind
        </Button>
      </div>
      <Why entry={entry} />
      <div class="sides">
        <section>
          <h3>Request</h3>
          <code class="url">
            <b>{request.method}</b> {withoutOrigin(request.url)}
          </code>
          <Headers headers={request.headers} />
          <Body value={request.params} empty="No parameters." />
        </section>
        <section>
          <h3>Response</h3>
          {response ? (
            <>
              <code class="url">
                <b>{response.status}</b>
              </code>
              <Headers headers={response.headers} />
              <Body value={response.body} empty="No body." />
            </>
          ) : (
            <p class="soft">The connection was dropped without an answer.</p>
          )}
        </section>
      </div>
    </Panel>
  );
}

function Why({ entry }: { entry: JournalEntry }) {
  const { errors, fault, warnings, changes, evidence } = entry;
  const records = changes.map(({ change, ...record }) => `${Object.entries(record).flat().join(' ')} ${change}`);
  const facts: readonly [string, readonly string[]][] = [
    ['Errors', errors],
    ['Fault', fault ? [fault] : []],
    ['Warnings', warnings],
    ['Changes', records],
  ];
  return (
    <dl>
      {facts
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{values.join(', ')}</dd>
          </div>
        ))}
      {evidence.length > 0 && (
        <div>
          <dt>Evidence</dt>
          <dd>
            <EvidenceList evidence={evidence} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function Headers({ headers }: { headers: Readonly<Record<string, string>> }) {
  const all = Object.entries(headers);
  return (
    <details>
      <summary>{counted(all.length, 'header')}</summary>
      <table class="headers">
        <tbody>
          {all.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Body({ value, empty }: { value: unknown; empty: string }) {
  const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) return <p class="soft">{empty}</p>;
  return <pre tabIndex={0}>{textOf(value)}</pre>;
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body, null, 2);
}

const withoutOrigin = (url: string) => url.replace(/^\w+:\/\/[^/]+/, '');
