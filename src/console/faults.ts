import { DROP_KINDS, type Fault } from '../sandbox/faults.ts';
import { api } from './api.ts';
import { button, confirm, field, form, h, notice, select, table } from './dom.ts';
import { coverage, type View, watch } from './view.ts';

/** What a request is matched by; the other fields of the form are the fault itself. */
const MATCH = ['operation', 'method', 'path', 'user', 'app'];
const NUMBERS = ['app', 'status', 'delay', 'most', 'times', 'after', 'probability'];

export const faults: View = {
  id: 'faults',
  title: 'Faults',
  async show(page, left) {
    const { endpoints, errors } = await coverage();
    const operations = [...new Set(endpoints.map(({ operation }) => operation))];
    const list = h('div', {});
    let shown = '';
    const look = async () => {
      const { items } = await api<{ items: Fault[] }>('GET', '/faults');
      if (JSON.stringify(items) === shown) return;
      shown = JSON.stringify(items);
      list.replaceChildren(faultsTable(items, look));
    };
    const number = (name: string, more = {}) => h('input', { name, type: 'number', min: 0, ...more });
    const add = form(
      async (entries) => {
        await api('POST', '/faults', faultOf(entries));
        await look();
        notice('Added');
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
        field(
          'Error',
          select(
            'error',
            errors.map(({ key }) => key),
            'none',
          ),
        ),
        field('Delay, ms', number('delay')),
        field('Delay up to, ms', number('most', { placeholder: 'the same' })),
        field('Drop', select('drop', DROP_KINDS, 'no')),
        field('Times', number('times', { min: 1, placeholder: 'always' })),
        field('After', number('after', { placeholder: '0' })),
        field('Probability', number('probability', { max: 1, step: 'any', placeholder: '1' })),
      ),
    );
    const clear = button('Remove all', () =>
      confirm('Remove all faults?', 'Remove', async () => {
        await api('DELETE', '/faults');
        await look();
      }),
    );
    page.append(list, h('div', { class: 'row' }, clear), h('h2', {}, 'Add a fault'), add);
    await watch(left, 1500, look);
  },
};

function faultOf(entries: Readonly<Record<string, string>>): object {
  const all = Object.entries(entries).map(([name, text]) => [name, NUMBERS.includes(name) ? Number(text) : text]);
  const inMatch = ([name]: (string | number)[]) => MATCH.includes(String(name));
  const { most, ...effect } = Object.fromEntries(all.filter((each) => !inMatch(each)));
  const delay = most === undefined ? {} : { delay: [effect.delay ?? 0, most] };
  return { match: Object.fromEntries(all.filter(inMatch)), ...effect, ...delay };
}

function faultsTable(items: readonly Fault[], changed: () => unknown): HTMLElement {
  const words = (record: object) =>
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const ms = (delay: Fault['delay']) => (delay === undefined ? undefined : `${[delay].flat().join('–')} ms`);
  const rows = items.map(({ id, match, seen, hits, times, after, probability, delay, ...effect }) => [
    words(match) || 'any request',
    words({ ...effect, delay: ms(delay) }),
    words({ times, after, probability }) || 'always',
    `${hits} of ${seen}`,
    button(
      'Remove',
      async () => {
        await api('DELETE', `/faults/${encodeURIComponent(id)}`);
        await changed();
      },
      { 'aria-label': `Remove ${words(match) || 'any request'}: ${words({ ...effect, delay: ms(delay) })}` },
    ),
  ]);
  return table('Faults', ['Requests', 'Effect', 'When', 'Hit', ''], rows, 'No faults: everything works.');
}
