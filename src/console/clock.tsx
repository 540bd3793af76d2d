import { change } from './live.ts';
import { sandboxClock, sandboxTime } from './sandbox-clock.ts';
import { computerTime } from './store.ts';
import { Button, Field, Form, Time } from './ui.tsx';

const DURATIONS = ['1m', '10m', '1h', '2h1m', '1d'];

const update = (to: object) => change('PUT', '/clock', to);
const advance = (by: string) => change('POST', '/clock/advance', { by });

export function Clock() {
  if (sandboxClock.value === undefined) return null;
  const { frozen } = sandboxClock.value;
  const now = new Date(sandboxTime.value).toISOString();
  return (
    <>
      <p class="lead">Sessions, timestamps, mails, rate limits and the Date header of answers follow this clock.</p>
      <div class="card hero">
        <div>
          <output class="time" aria-live="off">
            {now.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}
          </output>
          <p class="soft">
            <Time iso={now} /> in your time zone
          </p>
        </div>
        <span class={`status ${frozen ? 'poor' : 'good'}`}>{frozen ? 'frozen' : 'running'}</span>
        <Button class="main" action={() => update({ frozen: !frozen })}>
          {frozen ? 'Resume' : 'Freeze'}
        </Button>
      </div>
      <div class="columns">
        <section class="card">
          <h2 class="first">Advance</h2>
          <div class="row">
            {DURATIONS.map((duration) => (
              <Button key={duration} action={() => advance(duration)}>{`+${duration}`}</Button>
            ))}
          </div>
          <Form label="Advance" submit={({ by }) => advance(by!)}>
            <Field label="Duration">
              <input name="by" placeholder="2h1m, 90s, -1d" required size={14} />
            </Field>
          </Form>
        </section>
        <section class="card">
          <h2 class="first">Set</h2>
          <Form label="Set" submit={({ now: time }) => update({ now: `${time}Z` })}>
            <Field label="Time, UTC">
              <input name="now" type="datetime-local" step={1} required />
            </Field>
          </Form>
          <div class="row">
            <Button action={() => update({ now: new Date(computerTime()).toISOString() })}>
              To this computer’s time
            </Button>
          </div>
        </section>
      </div>
    </>
  );
}
