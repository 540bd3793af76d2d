import type { StubList } from '../control/results.ts';
import type { Stub } from '../model/stubs.ts';
import { messageOf } from '../support/errors.ts';
import { api } from './api.ts';
import { change, changed, useLive } from './live.ts';
import { notice, openDialog } from './store.ts';
import { Button, confirm, Field, Form, Table } from './ui.tsx';

export function Stubs() {
  const list = useLive<StubList>('/stubs');
  const clear = () =>
    confirm(
      'Remove all stubs?',
      'Remove',
      () => change('DELETE', '/stubs'),
      'Their requests are answered as unknown again. A reset brings back the stubs of the start.',
    );
  return (
    <>
      <p class="lead">
        Answers for requests that are not emulated: those of the service’s other modules, and your own.
      </p>
      <div class="row">
        <Button class="main" action={() => addStub({ match: '', status: 200, json: '' })}>
          New stub
        </Button>
        {list && list.items.length > 0 && <Button action={clear}>Remove all</Button>}
      </div>
      {list && (
        <Table
          label="Stubs"
          columns={['Match', 'Answer', 'Access', 'Hits', '']}
          rows={list.items.map((stub) => <Row key={stub.id} stub={stub} />)}
          empty="No stubs. Requests of other modules answer 501."
        />
      )}
    </>
  );
}

function Row({ stub }: { stub: Stub }) {
  const { id, name, match, access, status = 200, json, text, in_process, hits, times, override } = stub;
  const matched = typeof match === 'string' ? match : Object.entries(match).flat().join(' ');
  const answer = in_process ? 'a function' : json === undefined ? (text ?? '') : JSON.stringify(json);
  const remove = async () => {
    await change('DELETE', `/stubs/${id}`);
    notice(`${name} was removed`);
  };
  return (
    <tr>
      <td data-head="Match">
        <code class="long">{matched}</code>
        {override && <small class="soft">overrides the emulator</small>}
      </td>
      <td data-head="Answer">
        <code class="long">
          {!in_process && <b>{status}</b>} {answer}
        </code>
      </td>
      <td data-head="Access">{access ?? 'none'}</td>
      <td data-head="Hits">{times === undefined ? hits : `${hits}, ${times} left`}</td>
      <td>
        <Button class="small" aria-label={`Remove ${name}`} action={remove}>
          Remove
        </Button>
      </td>
    </tr>
  );
}

/** Opens a form for a stub. @param given what it is filled in with; `json` is text */
export function addStub(given: { match: string; status: number; json: string }): void {
  openDialog('New stub', (close) => (
    <Form
      label="Add"
      cancel={close}
      submit={async ({ match, status, json, times, override }) => {
        await api<Stub>('POST', '/stubs', {
          match,
          status: Number(status),
          ...(json !== undefined && { json: parse(json) }),
          ...(times !== undefined && { times: Number(times) }),
          ...(override !== undefined && { override: true }),
        });
        close();
        await changed();
        notice('Stub added');
      }}
    >
      {(problems) => (
        <>
          <div class="grid">
            <Field label="Match" hint="method and path; :name and * match any text" problem={problems.get('match')}>
              <input name="match" required defaultValue={given.match} placeholder="GET /chat/Dialog" />
            </Field>
            <Field label="Status" problem={problems.get('status')}>
              <input name="status" type="number" min={200} max={599} required defaultValue={String(given.status)} />
            </Field>
            <Field label="Times" problem={problems.get('times')}>
              <input name="times" type="number" min={1} placeholder="always" />
            </Field>
            <Field label="JSON" problem={problems.get('json')}>
              <textarea name="json" rows={8} defaultValue={given.json} placeholder='{ "items": [] }' />
            </Field>
          </div>
          <label class="check">
            <input name="override" type="checkbox" />
            also answer requests that the emulator itself answers
          </label>
        </>
      )}
    </Form>
  ));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The JSON is not valid: ${messageOf(error)}`);
  }
}
