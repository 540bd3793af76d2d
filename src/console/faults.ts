import type { FaultList } from '../control/results.ts';
import { DROP_KINDS, type Fault } from '../sandbox/faults.ts';
import { api } from './api.ts';
import { button, confirm, field, form, h, notice, select, table } from './dom.ts';
import { coverage, poll, type View } from './view.ts';

/** The form's fields that select requests; the others are the effect and how often it applies. */
const MATCH_FIELDS = ['operation', 'method', 'path', 'user', 'app'];
const NUMBER_FIELDS = ['app', 'status', 'delay', 'max_delay', 'times', 'after', 'probability'];

export const faults: View = {
  id: 'faults',
  title: 'Faults',
  async show(page, closed) {
    const { endpoints, errors } = await coverage();
    const operations = [...new Set(endpoints.map(({ operation }) => operation))];
    const errorKeys = errors.map(({ key }) => key);
    const list = h('div', {});
    let shown = '';
    const refresh = async () => {
      const { items } = await api<FaultList>('GET', '/faults');
      if (JSON.stringify(items) === shown) return;
      shown = JSON.stringify(items);
      list.replaceChildren(faultsTable(items, refresh));
    };
    const number = (name: string, more = {}) => h('input', { name, type: 'number', min: 0, ...more });
    const add = form(
      async (entries) => {
        await api('POST', '/faults', faultFrom(entries));
        await refresh();
        notice('Fault added');
      },
      'Add',
      h(
        'div',
        { class: 'grid' },
        field('Operation', select('operation', operations, 'any')),
        field('Method', select('method', ['GET', 'POST', 'PUT', 'DELETE'], 'any')),
        field('Path', h('input', { name: 'path', placeholder: '/users/*' })),
        field('User', h('input', { name: 'user', placeholder: 'id or login' })),
        field('Application', number('app', { min: 1, placeholder: 'any' })),
        field('Status', number('status', { placeholder: '503', min: 200, max: 599 })),
        field('Error', select('error', errorKeys, 'none')),
        field('Delay, ms', number('delay')),
        field('Delay up to, ms', number('max_delay', { placeholder: 'the same' })),
        field('Drop', select('drop', DROP_KINDS, 'no')),
        field('Times', number('times', { min: 1, placeholder: 'always' })),
        field('After', number('after', { placeholder: '0' })),
        field('Probability', number('probability', { max: 1, step: 'any', placeholder: '1' })),
      ),
    );
    const clear = button('Remove all', () =>
      confirm('Remove all faults?', 'Remove', async () => {
        await api('DELETE', '/faults');
        await refresh();
      }),
    );
    page.append(list, h('div', { class: 'row' }, clear), h('h2', {}, 'Add a fault'), add);
    await poll(closed, 1500, refresh);
  },
};

function faultFrom(entries: Readonly<Record<string, string>>): object {
  const all = Object.entries(entries).map(([name, text]) => [name, NUMBER_FIELDS.includes(name) ? Number(text) : text]);
  const inMatch = ([name]: (string | number)[]) => MATCH_FIELDS.includes(String(name));
  const { max_delay, ...effect } = Object.fromEntries(all.filter((each) => !inMatch(each)));
  const delay = max_delay === undefined ? {} : { delay: [effect.delay ?? 0, max_delay] };
  return { match: Object.fromEntries(all.filter(inMatch)), ...effect, ...delay };
}

function faultsTable(items: readonly Fault[], refresh: () => unknown): HTMLElement {
  const words = (record: object) =>
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const ms = (delay: Fault['delay']) => (delay === undefined ? undefined : `${[delay].flat().join('–')} ms`);
  const rows = items.map(({ id, match, seen, hits, times, after, probability, delay, ...effect }) => {
    const requests = words(match) || 'any request';
    const effects = words({ ...effect, delay: ms(delay) });
    const remove = async () => {
      await api('DELETE', `/faults/${encodeURIComponent(id)}`);
      await refresh();
    };
    return [
      requests,
      effects,
      words({ times, after, probability }) || 'always',
      `${hits} of ${seen}`,
      button('Remove', remove, { 'aria-label': `Remove ${requests}: ${effects}` }),
    ];
  });
  return table('Faults', ['Requests', 'Effect', 'When', 'Hit', ''], rows, 'No faults: everything works.');
}
