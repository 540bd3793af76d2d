import type { FaultList } from '../control/results.ts';
import type { Fault } from '../sandbox/faults.ts';
import { AddFault, addFault } from './fault-form.tsx';
import { change, useLive } from './live.ts';
import { Button, confirm, Table } from './ui.tsx';

const PRESETS: readonly { readonly title: string; readonly effect: string; readonly fault: object }[] = [
  {
    title: 'Next sign-up fails',
    effect: 'it answers 503',
    fault: { match: { operation: 'users.create' }, status: 503, times: 1 },
  },
  { title: 'Slow network', effect: '0.5 to 2 s late', fault: { delay: [500, 2000] } },
  { title: 'Offline', effect: 'connections are reset', fault: { drop: 'reset' } },
  {
    title: 'Too many requests',
    effect: 'the next five answers are 429',
    fault: { status: 429, headers: { 'Retry-After': '1' }, times: 5 },
  },
  {
    title: 'Answer lost',
    effect: 'the next sign-up succeeds, but its answer is not sent',
    fault: { match: { operation: 'users.create' }, when: 'after', drop: 'reset', times: 1 },
  },
  { title: 'Broken JSON', effect: 'the next answer is cut in half', fault: { body: 'truncated', times: 1 } },
  { title: 'Gateway page', effect: 'the next answer is HTML, 502', fault: { body: 'html', times: 1 } },
  { title: 'Flaky', effect: 'one answer in five is 503', fault: { status: 503, probability: 0.2 } },
];

export function Faults() {
  const list = useLive<FaultList>('/faults');
  const clear = () => confirm('Remove all faults?', 'Remove', () => change('DELETE', '/faults'));
  return (
    <>
      <h2 class="first">Ready-made</h2>
      <div class="presets">
        {PRESETS.map(({ title, effect, fault }) => (
          <Button key={title} class="preset" action={() => addFault(fault)}>
            <strong>{title}</strong>
            <small>{effect}</small>
          </Button>
        ))}
      </div>
      <h2>Active</h2>
      {list && (
        <Table
          label="Faults"
          columns={['Requests', 'Effect', 'When', 'Hits', '']}
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
      <AddFault />
    </>
  );
}

function words(record: object): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

const milliseconds = (time: Fault['delay']) => (time === undefined ? undefined : `${[time].flat().join('–')} ms`);

function Row({ fault }: { fault: Fault }) {
  const { id, match, seen, hits, times, after, probability, delay, trickle, ...effect } = fault;
  const requests = words(match) || 'any request';
  const effects = words({ ...effect, delay: milliseconds(delay), trickle: milliseconds(trickle) });
  const remove = () => change('DELETE', `/faults/${encodeURIComponent(id)}`);
  return (
    <tr>
      <td data-head="Requests">
        <span class="long">{requests}</span>
      </td>
      <td data-head="Effect">{effects}</td>
      <td data-head="When">{words({ times, after, probability }) || 'always'}</td>
      <td data-head="Hits">{`${hits} of ${seen}`}</td>
      <td>
        <Button class="small" aria-label={`Remove ${requests}: ${effects}`} action={remove}>
          Remove
        </Button>
      </td>
    </tr>
  );
}
