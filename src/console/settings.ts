import { api, query } from './api.ts';
import { attempt, h, notice } from './dom.ts';
import { appPicker, coverage, type View } from './view.ts';

type Value = boolean | number | string;

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

/** One setting: a switch or a text, kept as soon as it changes; what is refused goes back. */
function card(name: string, value: Value, effect = '', app: string): HTMLElement {
  const toggle = typeof value === 'boolean';
  let kept = value;
  const input = h('input', {
    type: toggle ? 'checkbox' : 'text',
    role: toggle && 'switch',
    size: toggle ? undefined : 8,
    change: () =>
      void attempt(async () => {
        const wanted = toggle ? input.checked : input.value;
        try {
          kept = (await api<Record<string, Value>>('PATCH', `/settings${query({ app })}`, { [name]: wanted }))[name]!;
          notice(`${name} is ${kept}`);
        } finally {
          show();
        }
      }),
  });
  const show = () => {
    if (toggle) input.checked = kept === true;
    else input.value = String(kept);
  };
  show();
  return h('label', { class: 'card' }, h('span', {}, name, h('small', {}, effect.replaceAll('`', ''))), input);
}
