import { signal, useSignal } from '@preact/signals';
import type { Mail, MailList } from '../control/results.ts';
import { change, useLive } from './live.ts';
import { closePanel, Panel } from './panel.tsx';
import { SearchField } from './search-field.tsx';
import { route, setParams } from './store.ts';
import { Ago, Button, CopyButton, confirm, Empty, Time } from './ui.tsx';

/** The mails that were opened in this tab. */
const read = signal<ReadonlySet<string>>(new Set());

export function Outbox() {
  const list = useLive<MailList>('/outbox');
  const { q = '', id = '' } = route.value.params;
  if (list === undefined) return null;
  const words = q.toLowerCase();
  const found = list.items.filter(({ to, subject, text }) => `${to} ${subject} ${text}`.toLowerCase().includes(words));
  const selected = list.items.find((mail) => mail.id === id);
  const open = (mail: Mail) => {
    read.value = new Set([...read.value, mail.id]);
    setParams({ id: mail.id });
  };
  return (
    <>
      <div class="row">
        <SearchField placeholder="address, subject or text" />
        <span class="grow" />
        <Button action={clear} disabled={list.items.length === 0}>
          Clear
        </Button>
      </div>
      {found.length === 0 && (
        <Empty>
          {list.items.length === 0
            ? 'No mails yet: the mails that the service would send appear here.'
            : 'No mail matches the search.'}
        </Empty>
      )}
      <div class={selected ? 'split' : ''}>
        <ul class="mails">
          {found.toReversed().map((mail) => (
            <li key={mail.id} id={`mail-${mail.id}`}>
              <button
                type="button"
                class={`mail ${read.value.has(mail.id) ? '' : 'unread'}`}
                aria-expanded={mail === selected}
                onClick={() => open(mail)}
              >
                <strong>{mail.subject}</strong>
                <Ago iso={mail.created_at} />
                <span class="soft">To {mail.to}</span>
                {!read.value.has(mail.id) && <span class="hidden">unread</span>}
              </button>
            </li>
          ))}
        </ul>
        {selected && <MailPanel mail={selected} close={() => closePanel('id', `mail-${id}`)} />}
      </div>
    </>
  );
}

function clear(): void {
  confirm('Delete all mails?', 'Clear', () => change('DELETE', '/outbox'), 'Their links stop working.');
}

function MailPanel({ mail, close }: { mail: Mail; close: () => void }) {
  const html = useSignal(false);
  return (
    <Panel title={mail.subject} close={close}>
      <p class="facts">
        <span>To {mail.to}</span> <Time iso={mail.created_at} />
      </p>
      <div class="row">
        <a class="button main" href={mail.link} target="_blank" rel="noopener">
          Open link
        </a>
        <CopyButton text={mail.link} name="Link" label="Copy link" />
        <Button class="small" aria-pressed={!html.value} action={() => (html.value = false)}>
          Text
        </Button>
        <Button class="small" aria-pressed={html.value} action={() => (html.value = true)}>
          HTML
        </Button>
      </div>
      {html.value ? (
        <iframe title="The mail as HTML" sandbox="" srcdoc={mail.html} />
      ) : (
        <pre tabIndex={0}>{mail.text}</pre>
      )}
    </Panel>
  );
}
