import { route, setParams } from './store.ts';
import { Field } from './ui.tsx';

/** The input for the text that a view's list is searched for: `q` in the address. A new text shows the first page. */
export function SearchField(props: { placeholder: string; label?: string; hint?: string; size?: number }) {
  const { placeholder, label = 'Search', hint, size = 28 } = props;
  return (
    <Field label={label} {...(hint && { hint })}>
      <input
        type="search"
        value={route.value.params.q ?? ''}
        placeholder={placeholder}
        size={size}
        onInput={(event) => setParams({ q: event.currentTarget.value, page: '' })}
      />
    </Field>
  );
}
