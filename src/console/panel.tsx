import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { setParams } from './store.ts';
import { Button } from './ui.tsx';

/** A panel beside a list, with the details of one of its rows. Escape closes it. */
export function Panel(props: { title: string; close: () => void; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => heading.current?.focus(), [props.title]);
  return (
    <aside
      class="panel"
      tabIndex={-1}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) props.close();
      }}
    >
      <header>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {props.title}
        </h2>
        <Button class="plain" action={props.close}>
          Close
        </Button>
      </header>
      {props.children}
    </aside>
  );
}

/** Closes the panel of the row that `param` names in the address; the first button of the row gets the focus. */
export function closePanel(param: string, rowId: string): void {
  setParams({ [param]: '' });
  document.getElementById(rowId)?.querySelector('button')?.focus();
}
