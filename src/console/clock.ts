import type { ClockState } from '../control/results.ts';
import { api } from './api.ts';
import { button, field, form, h } from './dom.ts';
import { poll, type View } from './view.ts';

const DURATIONS = ['1m', '10m', '1h', '2h1m', '1d'];

export const clock: View = {
  id: 'clock',
  title: 'Clock',
  async show(page, closed) {
    const time = h('output', { class: 'time' });
    const status = h('span', { class: 'status good' });
    const toggle = button('', async () => render(await update({ frozen: !frozen })), { class: 'main' });
    let frozen = false;
    const render = (state: ClockState) => {
      frozen = state.frozen;
      time.textContent = state.now.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
      status.textContent = frozen ? 'frozen' : 'running';
      status.className = `status ${frozen ? 'poor' : 'good'}`;
      toggle.textContent = frozen ? 'Resume' : 'Freeze';
    };
    const update = (change: object) => api<ClockState>('PUT', '/clock', change);
    const advance = async (by: string) => render(await api<ClockState>('POST', '/clock/advance', { by }));
    page.append(
      h('div', { class: 'row' }, time, status, toggle),
      h('h2', {}, 'Advance'),
      h('div', { class: 'row' }, ...DURATIONS.map((duration) => button(`+${duration}`, () => advance(duration)))),
      form(
        ({ by }) => advance(by!),
        'Advance',
        field('Duration', h('input', { name: 'by', placeholder: '2h1m, 90s, -1d', required: true, size: 14 })),
      ),
      h('h2', {}, 'Set'),
      form(
        async ({ now }) => render(await update({ now: `${now}Z` })),
        'Set',
        field('Time, UTC', h('input', { name: 'now', type: 'datetime-local', step: 1, required: true })),
      ),
    );
    await poll(closed, 1000, async () => render(await api<ClockState>('GET', '/clock')));
  },
};
