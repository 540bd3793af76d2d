import { DROP_KINDS, FAULT_BODIES, FAULT_MOMENTS } from '../sandbox/faults.ts';
import { messageOf } from '../support/errors.ts';
import { Refusal } from './api.ts';
import { change, useCoverage } from './live.ts';
import { notice } from './store.ts';
import { Field, Form, Select } from './ui.tsx';

/** The form's fields that select requests; the others are the effect and how often it applies. */
const MATCH_FIELDS = ['operation', 'method', 'path', 'user', 'app'];
const NUMBER_FIELDS = ['app', 'status', 'delay', 'max_delay', 'trickle', 'times', 'after', 'probability'];

export async function addFault(fault: object): Promise<void> {
  await change('POST', '/faults', fault);
  notice('Fault added');
}

/** The form for a new fault. */
export function AddFault() {
  const coverage = useCoverage();
  const operations = [...new Set(coverage?.endpoints.map(({ operation }) => operation))];
  const errorKeys = [...new Set(coverage?.errors.map(({ key }) => key))];
  return (
    <div class="card">
      <Form
        label="Add"
        submit={async (entries, form) => {
          await addFault(faultFrom(entries));
          form.reset();
        }}
      >
        {(problems) => (
          <>
            <fieldset>
              <legend>Requests</legend>
              <div class="grid">
                <Field label="Operation">
                  <Select name="operation" options={operations} none="any" />
                </Field>
                <Field label="Method">
                  <Select name="method" options={['GET', 'POST', 'PUT', 'DELETE']} none="any" />
                </Field>
                <Field label="Path">
                  <input name="path" placeholder="/users/*" />
                </Field>
                <Field label="User">
                  <input name="user" placeholder="id or login" />
                </Field>
                <Field label="Application">
                  <input name="app" type="number" min={1} placeholder="any" />
                </Field>
              </div>
            </fieldset>
            <fieldset>
              <legend>Effect</legend>
              <div class="grid">
                <Field label="Status">
                  <input name="status" type="number" min={200} max={599} placeholder="503" />
                </Field>
                <Field label="Error">
                  <Select name="error" options={errorKeys} none="none" />
                </Field>
                <Field label="Delay, ms">
                  <input name="delay" type="number" min={0} />
                </Field>
                <Field label="Delay up to, ms">
                  <input name="max_delay" type="number" min={0} placeholder="the same" />
                </Field>
                <Field label="Drop">
                  <Select name="drop" options={DROP_KINDS} none="no" />
                </Field>
                <Field label="When" hint="after: the change is made first">
                  <Select name="when" options={FAULT_MOMENTS} none="before" />
                </Field>
                <Field label="Body" hint="truncated, html, or any text" problem={problems.get('body')}>
                  <input name="body" list="fault-bodies" />
                </Field>
                <Field label="Trickle, ms" hint="the body arrives in this time">
                  <input name="trickle" type="number" min={0} />
                </Field>
                <Field label="Headers" hint="one per line" problem={problems.get('headers')}>
                  <textarea name="headers" rows={2} placeholder="Retry-After: 5" />
                </Field>
                <Field label="JSON" problem={problems.get('json')}>
                  <textarea name="json" rows={2} placeholder='{ "code": 42 }' />
                </Field>
              </div>
              <datalist id="fault-bodies">
                {FAULT_BODIES.map((body) => (
                  <option key={body} value={body} />
                ))}
              </datalist>
            </fieldset>
            <fieldset>
              <legend>How often</legend>
              <div class="grid">
                <Field label="Times">
                  <input name="times" type="number" min={1} placeholder="always" />
                </Field>
                <Field label="After">
                  <input name="after" type="number" min={0} placeholder="0" />
                </Field>
                <Field label="Probability">
                  <input name="probability" type="number" min={0} max={1} step="any" placeholder="1" />
                </Field>
              </div>
            </fieldset>
          </>
        )}
      </Form>
    </div>
  );
}

function faultFrom(entries: Readonly<Record<string, string>>): object {
  const all = Object.entries(entries).map(([name, text]) => [name, entryOf(name, text)] as const);
  const inMatch = ([name]: readonly [string, unknown]) => MATCH_FIELDS.includes(name);
  const { max_delay, ...effect } = Object.fromEntries(all.filter((each) => !inMatch(each)));
  const delay = max_delay === undefined ? {} : { delay: [effect.delay ?? 0, max_delay] };
  return { match: Object.fromEntries(all.filter(inMatch)), ...effect, ...delay };
}

/** The value of a field of the form. @throws Refusal for a text that is not what the field needs */
function entryOf(name: string, text: string): unknown {
  if (NUMBER_FIELDS.includes(name)) return Number(text);
  if (name === 'headers') return Object.fromEntries(text.split('\n').filter(Boolean).map(headerOf));
  if (name !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problemOf('json', `is not valid: ${messageOf(error)}`);
  }
}

function headerOf(line: string): [string, string] {
  const [, name, value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined) throw problemOf('headers', 'needs a name, a colon and a value in each line');
  return [name.trim(), value];
}

function problemOf(field: string, problem: string): Refusal {
  const text = `${field}: ${problem}`;
  return new Refusal(422, text, [text]);
}
