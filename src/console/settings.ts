import type { Settings } from '../model/records.ts';
import { api, query } from './api.ts';
import { attempt, h, notice } from './dom.ts';
import { appPicker, coverage, type View } from './view.ts';

type Value = Settings[keyof Settings];

export const settings: View = {
  id: 'settings',
  title: 'Settings',
  async show(page) {
    const effects = new Map((await coverage()).settings.map(({ name, effect }) => [name, effect]));
    const list = h('div', { class: 'cards' });
    const picker = await appPicker(async (app) => {
      const values = await api<Record<string, Value>>('GET', `/settings${query({ app })}`);
      list.replaceChildren(...Object.entries(values).map(([name, value]) => card(name, value, effects.get(name), app)));
    });
    page.append(h('div', { class: 'row' }, picker), list);
  },
};

/** One setting: a switch or a text. It saves each change at once, and shows the old value again if the emulator rejects the new one. */
function card(name: string, value: Value, effect = '', app: string): HTMLElement {
  const toggle = typeof value === 'boolean';
  let saved = value;
  const input = h('input', {
    type: toggle ? 'checkbox' : 'text',
    role: toggle && 'switch',
    size: toggle ? undefined : 8,
    change: () =>
      void attempt(async () => {
        const entered = toggle ? input.checked : input.value;
        try {
          saved = (await api<Record<string, Value>>('PATCH', `/settings${query({ app })}`, { [name]: entered }))[name]!;
          notice(`${name} is ${saved}`);
        } finally {
          render();
        }
      }),
  });
  const render = () => {
    if (toggle) input.checked = saved === true;
    else input.value = String(saved);
  };
  render();
  return h('label', { class: 'card' }, h('span', {}, name, h('small', {}, effect.replaceAll('`', ''))), input);
}
