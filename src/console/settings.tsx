import type { Settings as SettingValues } from '../model/records.ts';
import { query } from './api.ts';
import { AppPicker, useChosenApplication } from './app-picker.tsx';
import { change, useCoverage, useLive } from './live.ts';
import { attempt, notice } from './store.ts';
import { EvidenceList } from './ui.tsx';

type Value = SettingValues[keyof SettingValues];

export function Settings() {
  const chosen = useChosenApplication();
  const values = useLive<Record<string, Value>>(`/settings${query({ app: chosen.app })}`);
  const facts = useCoverage()?.settings;
  return (
    <>
      <p class="lead">The switches of the service’s admin panel, for each application. A change applies at once.</p>
      <div class="row">
        <AppPicker {...chosen} />
      </div>
      <div class="cards">
        {values &&
          facts?.map(({ name, effect, evidence }) => (
            <div key={`${chosen.app} ${name}`} class="card">
              <Setting name={name} value={values[name]!} effect={effect.replaceAll('`', '')} app={chosen.app} />
              <details>
                <summary>Evidence</summary>
                <EvidenceList evidence={evidence} />
              </details>
            </div>
          ))}
      </div>
    </>
  );
}

interface SettingProps {
  readonly name: string;
  readonly value: Value;
  readonly effect: string;
  readonly app: string;
}

/** One setting: a switch or a text. It saves each change at once, and shows the old value again if the emulator rejects the new one. */
function Setting({ name, value, effect, app }: SettingProps) {
  const save = (entered: Value, input: HTMLInputElement) =>
    attempt(async () => {
      try {
        const saved = await change<Record<string, Value>>('PATCH', `/settings${query({ app })}`, { [name]: entered });
        notice(`${name} is ${saved[name]}`);
      } catch (error) {
        input.value = String(value);
        input.checked = value === true;
        throw error;
      }
    });
  return (
    <label class="setting">
      <span>
        <code>{name}</code>
        <small>{effect}</small>
      </span>
      {typeof value === 'boolean' ? (
        <input
          type="checkbox"
          role="switch"
          aria-checked={value}
          checked={value}
          onChange={({ currentTarget }) => void save(currentTarget.checked, currentTarget)}
        />
      ) : (
        <input
          key={String(value)}
          type="text"
          size={8}
          defaultValue={String(value)}
          onChange={({ currentTarget }) => void save(currentTarget.value, currentTarget)}
        />
      )}
    </label>
  );
}
