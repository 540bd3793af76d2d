import type { ClockState } from '../client/control-client.ts';
import { api } from './api.ts';
import { button, field, form, h } from './dom.ts';
import { type View, watch } from './view.ts';

const SPANS = ['1m', '10m', '1h', '2h1m', '1d'];

export const clock: View = {
  id: 'clock',
  title: 'Clock',
  async show(page, left) {
    const time = h('output', { class: 'time' });
    const state = h('span', { class: 'status good' });
    const stop = button('', async () => show(await set({ frozen: !frozen })), { class: 'main' });
    let frozen = false;
    const show = (shown: ClockState) => {
      frozen = shown.frozen;
      time.textContent = shown.now.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
      state.textContent = frozen ? 'frozen' : 'running';
      state.className = `status ${frozen ? 'poor' : 'good'}`;
      stop.textContent = frozen ? 'Let it run' : 'Freeze';
    };
    const set = (to: object) => api<ClockState>('PUT', '/clock', to);
    const advance = async (by: string) => show(await api<ClockState>('POST', '/clock/advance', { by }));
    page.append(
      h('div', { class: 'row' }, time, state, stop),
      h('h2', {}, 'Advance'),
      h('div', { class: 'row' }, ...SPANS.map((span) => button(`+${span}`, () => advance(span)))),
      form(
        ({ by }) => advance(by!),
        'Advance',
        field('Span', h('input', { name: 'by', placeholder: '2h1m, 90s, -1d', required: true, size: 14 })),
      ),
      h('h2', {}, 'Set'),
      form(
        async ({ now }) => show(await set({ now: `${now}Z` })),
        'Set',
        field('Time, UTC', h('input', { name: 'now', type: 'datetime-local', step: 1, required: true })),
      ),
    );
    await watch(left, 1000, async () => show(await api<ClockState>('GET', '/clock')));
  },
};
