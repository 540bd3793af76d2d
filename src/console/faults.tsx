import type { FaultList } from '../control/results.ts';
import { DROP_KINDS, type Fault } from '../sandbox/faults.ts';
import { api } from './api.ts';
import { changed, useCoverage, useLive } from './live.ts';
import { notice } from './store.ts';
import { Button, confirm, Field, Form, Select, Table } from './ui.tsx';

/** The form's fields that select requests; the others are the effect and how often it applies. */
const MATCH_FIELDS = ['operation', 'method', 'path', 'user', 'app'];
const NUMBER_FIELDS = ['app', 'status', 'delay', 'max_delay', 'times', 'after', 'probability'];

const PRESETS: readonly { readonly title: string; readonly effect: string; readonly fault: object }[] = [
  {
    title: 'Next sign-up fails',
    effect: 'one 503',
    fault: { match: { operation: 'users.create' }, status: 503, times: 1 },
  },
  { title: 'Slow network', effect: '0.5 to 2 s late', fault: { delay: [500, 2000] } },
  { title: 'Offline', effect: 'connections are reset', fault: { drop: 'reset' } },
  { title: 'Too many requests', effect: 'the next five are 429', fault: { status: 429, times: 5 } },
  { title: 'Flaky', effect: 'one of five is 503', fault: { status: 503, probability: 0.2 } },
];

async function add(fault: object): Promise<void> {
  await api('POST', '/faults', fault);
  await changed();
  notice('Fault added');
}

export function Faults() {
  const list = useLive<FaultList>('/faults');
  const coverage = useCoverage();
  const operations = [...new Set(coverage?.endpoints.map(({ operation }) => operation))];
  const errorKeys = [...new Set(coverage?.errors.map(({ key }) => key))];
  const clear = () =>
    confirm('Remove all faults?', 'Remove', async () => {
      await api('DELETE', '/faults');
      await changed();
    });
  return (
    <>
      <h2 class="first">Ready-made</h2>
      <div class="presets">
        {PRESETS.map(({ title, effect, fault }) => (
          <Button key={title} class="preset" action={() => add(fault)}>
            <strong>{title}</strong>
            <small>{effect}</small>
          </Button>
        ))}
      </div>
      <h2>In force</h2>
      {list && (
        <Table
          label="Faults"
          columns={['Requests', 'Effect', 'When', 'Hit', '']}
          rows={list.items.map((fault) => <Row key={fault.id} fault={fault} />)}
          empty="No faults: everything works."
        />
      )}
      {list && list.items.length > 0 && (
        <div class="row">
          <Button action={clear}>Remove all</Button>
        </div>
      )}
      <h2>Add a fault</h2>
      <div class="card">
        <Form
          label="Add"
          submit={async (entries, form) => {
            await add(faultFrom(entries));
            form.reset();
          }}
        >
          <fieldset>
            <legend>Requests</legend>
            <div class="grid">
              <Field label="Operation">
                <Select name="operation" options={operations} none="any" />
              </Field>
              <Field label="Method">
                <Select name="method" options={['GET', 'POST', 'PUT', 'DELETE']} none="any" />
              </Field>
              <Field label="Path">
                <input name="path" placeholder="/users/*" />
              </Field>
              <Field label="User">
                <input name="user" placeholder="id or login" />
              </Field>
              <Field label="Application">
                <input name="app" type="number" min={1} placeholder="any" />
              </Field>
            </div>
          </fieldset>
          <fieldset>
            <legend>Effect</legend>
            <div class="grid">
              <Field label="Status">
                <input name="status" type="number" min={200} max={599} placeholder="503" />
              </Field>
              <Field label="Error">
                <Select name="error" options={errorKeys} none="none" />
              </Field>
              <Field label="Delay, ms">
                <input name="delay" type="number" min={0} />
              </Field>
              <Field label="Delay up to, ms">
                <input name="max_delay" type="number" min={0} placeholder="the same" />
              </Field>
              <Field label="Drop">
                <Select name="drop" options={DROP_KINDS} none="no" />
              </Field>
            </div>
          </fieldset>
          <fieldset>
            <legend>How often</legend>
            <div class="grid">
              <Field label="Times">
                <input name="times" type="number" min={1} placeholder="always" />
              </Field>
              <Field label="After">
                <input name="after" type="number" min={0} placeholder="0" />
              </Field>
              <Field label="Probability">
                <input name="probability" type="number" min={0} max={1} step="any" placeholder="1" />
              </Field>
            </div>
          </fieldset>
        </Form>
      </div>
    </>
  );
}

function faultFrom(entries: Readonly<Record<string, string>>): object {
  const all = Object.entries(entries).map(([name, text]) => [name, NUMBER_FIELDS.includes(name) ? Number(text) : text]);
  const inMatch = ([name]: (string | number)[]) => MATCH_FIELDS.includes(String(name));
  const { max_delay, ...effect } = Object.fromEntries(all.filter((each) => !inMatch(each)));
  const delay = max_delay === undefined ? {} : { delay: [effect.delay ?? 0, max_delay] };
  return { match: Object.fromEntries(all.filter(inMatch)), ...effect, ...delay };
}

function words(record: object): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function Row({ fault }: { fault: Fault }) {
  const { id, match, seen, hits, times, after, probability, delay, ...effect } = fault;
  const ms = delay === undefined ? undefined : `${[delay].flat().join('–')} ms`;
  const requests = words(match) || 'any request';
  const effects = words({ ...effect, delay: ms });
  const remove = async () => {
    await api('DELETE', `/faults/${encodeURIComponent(id)}`);
    await changed();
  };
  return (
    <tr>
      <td data-head="Requests">
        <span class="long">{requests}</span>
      </td>
      <td data-head="Effect">{effects}</td>
      <td data-head="When">{words({ times, after, probability }) || 'always'}</td>
      <td data-head="Hit">{`${hits} of ${seen}`}</td>
      <td>
        <Button class="small" aria-label={`Remove ${requests}: ${effects}`} action={remove}>
          Remove
        </Button>
      </td>
    </tr>
  );
}
