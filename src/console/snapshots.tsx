import type { SnapshotList } from '../control/results.ts';
import { messageOf } from '../support/errors.ts';
import { api } from './api.ts';
import { change, useLive } from './live.ts';
import { closePanel } from './panel.tsx';
import { SnapshotDiff } from './snapshot-diff.tsx';
import { attempt, notice, route, saveFile, setParams } from './store.ts';
import { Button, confirm, Field, Form, Table } from './ui.tsx';

const STATE = 'applications with their settings, users, sessions, mails and stubs';

const pathOf = (name: string) => `/snapshots/${encodeURIComponent(name)}`;

export function Snapshots() {
  const list = useLive<SnapshotList>('/snapshots');
  const { diff = '' } = route.value.params;
  return (
    <>
      <p class="lead">
        A snapshot holds all {STATE}. Saving or restoring one is instant, however many users there are.
      </p>
      <Form label="Save" submit={({ name }, form) => save(name!, form)}>
        <Field label="Name">
          <input name="name" required autocomplete="off" placeholder="before-checkout" />
        </Field>
      </Form>
      {list && (
        <div class={diff === '' ? '' : 'split'}>
          <Table
            label="Snapshots"
            columns={['Name', '']}
            rows={list.snapshots.map((name) => <Row key={name} name={name} selected={name === diff} />)}
            empty="No snapshots."
          />
          {list.snapshots.includes(diff) && (
            <SnapshotDiff name={diff} close={() => closePanel('diff', `snapshot-${diff}`)} />
          )}
        </div>
      )}
      <div class="columns">
        <section class="card">
          <h2 class="first">Reset</h2>
          <p class="soft">Resets users, sessions, settings, outbox, stubs, clock, faults and requests.</p>
          <div class="row">
            <Button class="danger" action={() => reset('seed', 'Reset to the seed?')}>
              To the seed
            </Button>
            <Button class="danger" action={() => reset('empty', 'Reset to no users?')}>
              To no users
            </Button>
          </div>
        </section>
        <section class="card">
          <h2 class="first">File</h2>
          <p class="soft">
            An exported file can also be a seed: <code>users-emulator --seed file.json</code>
          </p>
          <div class="row">
            <Button action={download}>Export</Button>
            <FilePicker label="Import" mode="replace" />
            <FilePicker label="Merge" mode="merge" />
          </div>
        </section>
      </div>
    </>
  );
}

async function save(name: string, form: HTMLFormElement): Promise<void> {
  const replace = async () => {
    await change('PUT', pathOf(name));
    form.reset();
    notice(`“${name}” was saved`);
  };
  // another client may have saved a snapshot of that name
  const { snapshots } = await api<SnapshotList>('GET', '/snapshots');
  if (snapshots.includes(name)) confirm(`Replace “${name}”?`, 'Replace', replace, 'Its present contents are lost.');
  else await replace();
}

/** Resets everything, after a question. */
export function reset(to: 'seed' | 'empty', question: string): void {
  const all = async () => {
    await change('POST', '/reset', { to });
    notice('Reset done');
  };
  confirm(
    question,
    'Reset',
    all,
    'The present users, sessions, mails, stubs, faults and requests are lost. Snapshots stay.',
  );
}

function Row({ name, selected }: { name: string; selected: boolean }) {
  const restore = async () => {
    await change('POST', `${pathOf(name)}/restore`);
    notice(`“${name}” was restored`);
  };
  const remove = () => change('DELETE', pathOf(name));
  const loss = `The ${STATE} return to how they were in the snapshot. All changes since then are lost.`;
  return (
    <tr id={`snapshot-${name}`} class={selected ? 'selected' : ''}>
      <td data-head="Name">
        <strong>{name}</strong>
      </td>
      <td>
        <span class="actions">
          <Button
            class="small"
            aria-label={`Changes since ${name}`}
            aria-expanded={selected}
            action={() => setParams({ diff: selected ? '' : name })}
          >
            Changes
          </Button>
          <Button
            class="small"
            aria-label={`Restore ${name}`}
            action={() => confirm(`Restore “${name}”?`, 'Restore', restore, loss)}
          >
            Restore
          </Button>
          <Button
            class="small"
            aria-label={`Delete ${name}`}
            action={() => confirm(`Delete “${name}”?`, 'Delete', remove, 'It can’t be restored afterwards.')}
          >
            Delete
          </Button>
        </span>
      </td>
    </tr>
  );
}

/** Exports everything as a file. */
async function download(): Promise<void> {
  saveFile('users-emulator.json', await api('GET', '/export'));
}

const IMPORT_MODES = {
  replace: {
    question: 'Replace everything with',
    answer: 'Replace',
    loss: `The present ${STATE} are lost; “Merge” would keep them. Snapshots stay.`,
  },
  merge: {
    question: 'Merge with',
    answer: 'Merge',
    loss: 'Users in the file replace users with the same id; all others stay.',
  },
};

/** A button that opens a fixture file, and asks before it imports it. */
function FilePicker({ label, mode }: { label: string; mode: keyof typeof IMPORT_MODES }) {
  const open = async (element: HTMLInputElement) => {
    const [file] = element.files ?? [];
    if (!file) return;
    const text = await file.text();
    element.value = '';
    const fixture = parseJson(file.name, text);
    const { question, answer, loss } = IMPORT_MODES[mode];
    const importFile = async () => {
      await change('POST', `/import?mode=${mode}`, fixture);
      notice(`“${file.name}” was imported`);
    };
    confirm(`${question} “${file.name}”?`, answer, importFile, loss);
  };
  return (
    <label class="button">
      {label}
      <input
        type="file"
        accept=".json,application/json"
        onChange={({ currentTarget }) => void attempt(() => open(currentTarget))}
      />
    </label>
  );
}

/** @throws Error that names the file */
function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`“${name}” is not JSON: ${messageOf(error)}`);
  }
}
