import type { EmulatorInfo, SandboxInfo, SandboxList } from '../control/results.ts';
import { isSandboxName, SANDBOX_NAMES } from '../model/addresses.ts';
import { api, apiUrl, consoleOf, sandboxInPath } from './api.ts';
import { change, changed, useLive } from './live.ts';
import { notice } from './store.ts';
import { Button, CopyButton, confirm, Field, Form, hueOf, Table, Time } from './ui.tsx';

/**
 * The sandbox that this console shows (empty: the emulator's own state), and a function that opens the console of another one.
 * A sandbox's own port has no other sandboxes: their consoles are at the emulator's address.
 */
export function useSandbox() {
  const info = useLive<EmulatorInfo>('');
  const sandbox = info?.sandbox ?? sandboxInPath;
  const origin = sandbox === sandboxInPath ? '' : info?.emulator_url;
  const openSandbox = (name: string) => location.assign(origin + consoleOf(name) + location.hash);
  return { sandbox, openSandbox };
}

export function Sandboxes() {
  const list = useLive<SandboxList>('/sandboxes');
  const { sandbox, openSandbox } = useSandbox();
  return (
    <>
      <p class="lead">
        Each sandbox is a state of its own behind the same port, with its own clock, faults and requests: one for each
        test that runs in parallel. Its first use starts it from the seed.
      </p>
      <div class="card hero">
        <div>
          <h2 class="first">{sandbox === '' ? 'The emulator’s own state' : sandbox}</h2>
          <code>{apiUrl}</code>
        </div>
        <CopyButton text={apiUrl} name="Address" label="Copy address" />
        {sandbox !== '' && <Button action={() => openSandbox('')}>Leave the sandbox</Button>}
      </div>
      <Form label="Open" submit={({ name }) => openSandbox(name!.trim())}>
        <Field label="Name">
          <input
            name="name"
            required
            autocomplete="off"
            placeholder="checkout-1"
            onInput={({ currentTarget }) => {
              // the browser shows the message beside the field and does not submit
              const valid = isSandboxName(currentTarget.value.trim());
              currentTarget.setCustomValidity(valid ? '' : `Use ${SANDBOX_NAMES}, and not “.” or “..” alone.`);
            }}
          />
        </Field>
      </Form>
      {/* requests of other sandboxes are not events of this one */}
      {list && list.items.length > 0 && (
        <div class="row pager">
          <span class="soft">The numbers are those of the last refresh.</span>
          <Button class="small" action={changed}>
            Refresh
          </Button>
        </div>
      )}
      {list && (
        <Table
          label="Sandboxes"
          columns={['Name', 'Users', 'Requests', 'Last request', 'Port', '']}
          rows={list.items.map((each) => <Row key={each.name} info={each} />)}
          empty="No sandboxes in use."
        />
      )}
    </>
  );
}

function Row({ info: { name, url, port, users, requests, last_request_at } }: { info: SandboxInfo }) {
  const { sandbox, openSandbox } = useSandbox();
  const openPort = async () => {
    const opened = await change<SandboxInfo>('PUT', `/sandboxes/${encodeURIComponent(name)}`, { port: 0 });
    notice(`${name} answers at ${opened.url}, too`);
  };
  const remove = async () => {
    await api('DELETE', `/sandboxes/${encodeURIComponent(name)}`);
    if (name === sandbox) return openSandbox('');
    await changed();
    notice(`${name} was deleted`);
  };
  return (
    <tr class={name === sandbox ? 'selected' : ''}>
      <td data-head="Name">
        <span class="dot" style={`--hue: ${hueOf(name)}`} /> <strong>{name}</strong>
      </td>
      <td data-head="Users" class="number">
        {users}
      </td>
      <td data-head="Requests" class="number">
        {requests}
      </td>
      <td data-head="Last request">{last_request_at && <Time iso={last_request_at} />}</td>
      <td data-head="Port">
        {port === null ? (
          <Button class="small" aria-label={`Open a port for ${name}`} action={openPort}>
            Open a port
          </Button>
        ) : (
          <code>{url}</code>
        )}
      </td>
      <td>
        <span class="actions">
          <Button class="small" aria-label={`Open ${name}`} action={() => openSandbox(name)}>
            Open
          </Button>
          <Button
            class="small"
            aria-label={`Delete ${name}`}
            action={() =>
              confirm(
                `Delete sandbox “${name}”?`,
                'Delete',
                remove,
                'Its state is lost. Its next use starts it from the seed.',
              )
            }
          >
            Delete
          </Button>
        </span>
      </td>
    </tr>
  );
}
