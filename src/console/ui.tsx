import { useComputed, useSignal } from '@preact/signals';
import type { ButtonHTMLAttributes, ComponentChildren, TargetedSubmitEvent, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { Evidence } from '../model/evidence.ts';
import { messageOf } from '../support/errors.ts';
import { Refusal } from './api.ts';
import { sandboxTime } from './sandbox-clock.ts';
import { attempt, computerTime, notice, openDialog } from './store.ts';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'action'> & {
  readonly action: () => unknown;
  readonly disabled?: boolean;
  /** Gets the focus when its dialog opens. */
  readonly 'data-focus'?: boolean;
  readonly children: ComponentChildren;
};

/** A button; an error of its action is shown as a notice. */
export function Button({ action, ...props }: ButtonProps) {
  return <button type="button" onClick={() => void attempt(action)} {...props} />;
}

/** Copies a text, or shows it where the browser forbids that: to pages that come over http from another machine. */
export async function copy(text: string, name: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice(`${name} copied`);
  } catch {
    openDialog(name, () => <input class="wide" value={text} readOnly size={44} aria-label={name} />);
  }
}

export function CopyButton({ text, name, label = 'Copy' }: { text: string; name: string; label?: string }) {
  return (
    <Button class="small" action={() => copy(text, name)} aria-label={label === 'Copy' ? `Copy ${name}` : undefined}>
      {label}
    </Button>
  );
}

/** A labelled input. @param problem the error of the last submit, under the input */
export function Field(props: {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: ComponentChildren;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      {props.children}
      {props.hint && <small>{props.hint}</small>}
      {props.problem && <small class="bad">{props.problem}</small>}
    </label>
  );
}

/** @param none label of an additional first option whose value is empty */
export function Select(props: { name: string; options: readonly string[]; none: string; value?: string }) {
  return (
    <select name={props.name} defaultValue={props.value ?? ''}>
      <option value="">{props.none}</option>
      {props.options.map((value) => (
        <option key={value} value={value} selected={value === props.value}>
          {value}
        </option>
      ))}
    </select>
  );
}

interface FormProps {
  /** Gets the non-empty entries. */
  readonly submit: (entries: Record<string, string>, form: HTMLFormElement) => unknown;
  readonly label: string;
  readonly children: ComponentChildren | ((problems: ReadonlyMap<string, string>) => ComponentChildren);
  readonly cancel?: () => void;
}

/** A form. It shows the error of a failed submit until the next one; children that are a function get the fields' own errors. */
export function Form({ submit, label, children, cancel }: FormProps) {
  const problem = useSignal('');
  const ofFields = useSignal<ReadonlyMap<string, string>>(new Map());
  const alert = useRef<HTMLParagraphElement>(null);
  const send = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const entries = [...new FormData(form)].filter(([, value]) => value !== '');
    problem.value = '';
    ofFields.value = new Map();
    try {
      await submit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])), form);
    } catch (error) {
      problem.value = messageOf(error);
      if (error instanceof Refusal) ofFields.value = fieldProblems(error.problems);
      // long forms scroll
      requestAnimationFrame(() => alert.current?.scrollIntoView({ block: 'nearest' }));
    }
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      {typeof children === 'function' ? children(ofFields.value) : children}
      <p role="alert" class="bad" ref={alert}>
        {problem}
      </p>
      <div class="actions">
        <button type="submit" class="main">
          {label}
        </button>
        {cancel && <Button action={cancel}>Cancel</Button>}
      </div>
    </form>
  );
}

function fieldProblems(problems: readonly string[]): ReadonlyMap<string, string> {
  const found = problems.map((each) => /^(\w+): (.*)$/s.exec(each));
  return new Map(found.flatMap((match) => (match ? [[match[1]!, match[2]!] as const] : [])));
}

/** The heading of a column. */
export interface Heading {
  readonly name: string;
  /** What it shows instead of its name. */
  readonly head?: VNode;
  readonly sort?: 'ascending' | 'descending';
  /** The column is left out while a panel takes its room; its cells have the class, too. */
  readonly extra?: boolean;
}

/** A table, or `empty` when it has no rows. @param columns an empty name is that of the column of buttons */
export function Table(props: {
  label: string;
  columns: readonly (string | Heading)[];
  rows: readonly VNode[];
  empty: ComponentChildren;
  /** On telephones its rows are lines without the names of the columns. */
  compact?: boolean;
}) {
  const { label, columns, rows, empty, compact } = props;
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  const headings = columns.map((each): Heading => (typeof each === 'string' ? { name: each } : each));
  return (
    <section class={compact ? 'scroll compact' : 'scroll'} tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {headings.map(({ name, head, sort, extra }) => (
              <th key={name} scope="col" aria-sort={sort} class={extra ? 'extra' : ''}>
                {head ?? (name || <span class="hidden">Actions</span>)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{rows}</tbody>
      </table>
    </section>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Asks before an action that can't be undone; Enter alone doesn't do it. @param loss names the data that it deletes */
export function confirm(question: string, label: string, action: () => unknown, loss = ''): void {
  openDialog(question, (close) => (
    <>
      {loss && <p>{loss}</p>}
      <div class="actions">
        <Button
          class="danger"
          action={async () => {
            close();
            await action();
          }}
        >
          {label}
        </Button>
        <Button action={close} data-focus>
          Cancel
        </Button>
      </div>
    </>
  ));
}

const PRECISE: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
};

/** A time of the sandbox's clock, in the zone of the browser; its title has UTC. */
export function Time({ iso, precise = false }: { iso: string; precise?: boolean }) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date(computerTime()).toDateString();
  const time = date.toLocaleTimeString(undefined, precise ? PRECISE : { hour12: false });
  return (
    <time dateTime={iso} title={`${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`}>
      {today || precise ? time : `${date.toLocaleDateString(undefined, { dateStyle: 'medium' })}, ${time}`}
    </time>
  );
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat('en', { style: 'narrow', numeric: 'auto' });

/** How long ago a time is by the sandbox's clock, or in how long it will be; its title has the time itself. */
export function Ago({ iso }: { iso: string }) {
  const text = useComputed(() => {
    const difference = Date.parse(iso) - sandboxTime.value;
    const [unit, length] = UNITS.find((each) => Math.abs(difference) >= each[1]) ?? ['second', 1000];
    return RELATIVE.format(Math.trunc(difference / length), unit);
  });
  return (
    <time class="ago" dateTime={iso} title={new Date(iso).toLocaleString(undefined, { timeZoneName: 'short' })}>
      {text}
    </time>
  );
}

/** The hue of a name, in degrees. Names that differ in one letter, such as `w1` and `w2`, are far apart. */
export function hueOf(name: string): number {
  return [...name].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0) * 137) % 360, 7);
}

export function Tags({ text }: { text: string }) {
  const tags = text.split(',').filter((each) => each.trim() !== '');
  return (
    <span class="tags">
      {tags.map((tag) => (
        <span key={tag} class="tag">
          {tag.trim()}
        </span>
      ))}
    </span>
  );
}

/** The status of an answer; 0: the connection was dropped. */
export function Status({ status }: { status: number }) {
  const kind = status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'poor' : 'good';
  return <span class={`status ${kind}`}>{status || 'dropped'}</span>;
}

export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <ul class="evidence">
      {evidence.map(({ source, note }) => (
        <li key={source + note}>
          <span class={`source ${source}`}>{source}</span> {note}
        </li>
      ))}
    </ul>
  );
}
