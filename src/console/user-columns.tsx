import { signal, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { User } from '../control/results.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import type { UserField } from '../model/records.ts';
import { Tags, Time } from './ui.tsx';

const COLUMNS_KEY = 'users-emulator columns';
const DEFAULT_COLUMNS: readonly UserField[] = [
  'id',
  'login',
  'full_name',
  'email',
  'phone',
  'user_tags',
  'last_request_at',
];

/** The fields that the list of users shows, in the order of a user's fields; the browser remembers them. */
export const columns = signal(storedColumns());

function storedColumns(): readonly UserField[] {
  const stored = localStorage.getItem(COLUMNS_KEY)?.split(',') ?? [];
  const known = USER_FIELD_NAMES.filter((name) => stored.includes(name));
  return known.length > 0 ? known : DEFAULT_COLUMNS;
}

function toggle(name: UserField): void {
  const shown = (each: UserField) => columns.value.includes(each) !== (each === name);
  columns.value = USER_FIELD_NAMES.filter(shown);
  localStorage.setItem(COLUMNS_KEY, columns.value.join());
}

/** A button that opens a list of all fields, each with a tick if it has a column. The login is always shown. */
export function ColumnPicker() {
  const open = useSignal(false);
  return (
    <details
      class="menu"
      onToggle={(event) => (open.value = event.currentTarget.open)}
      onKeyDown={closeByEscape}
      onBlurCapture={closeWithoutFocus}
    >
      <summary class="button">Columns</summary>
      <div>
        {(open.value ? USER_FIELD_NAMES : []).map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={columns.value.includes(name)}
              disabled={name === 'login'}
              onChange={() => toggle(name)}
            />
            {name}
          </label>
        ))}
      </div>
    </details>
  );
}

function closeByEscape(event: KeyboardEvent & { readonly currentTarget: HTMLDetailsElement }): void {
  if (event.key !== 'Escape') return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector('summary')?.focus();
}

function closeWithoutFocus(event: FocusEvent & { readonly currentTarget: HTMLDetailsElement }): void {
  const { relatedTarget, currentTarget } = event;
  if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) currentTarget.open = false;
}

/** A field's value as cells and panels show it; undefined: it has none. */
export function fieldValue(user: User, name: UserField): VNode | string | undefined {
  const value = user[name];
  if (value === undefined) return undefined;
  if (name === 'id') return <code>{value}</code>;
  if (name === 'login') return <strong>{value}</strong>;
  if (name === 'user_tags') return <Tags text={String(value)} />;
  return USER_FIELDS[name].type === 'date' ? <Time iso={String(value)} /> : String(value);
}
