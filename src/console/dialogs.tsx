import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Locked, setTokenPrompt } from './api.ts';
import { closeDialog, dialogs, noticeShown, type OpenDialog, openDialog } from './store.ts';
import { Button, Field, Form } from './ui.tsx';

export function Dialogs() {
  const open = dialogs.value;
  return (
    <>
      {open.map((each, at) => (
        <Dialog key={each.id} dialog={each} top={at === open.length - 1} />
      ))}
      {open.length === 0 && <Notice />}
    </>
  );
}

/** An open dialog makes everything outside it inert, so the notice is inside. */
function Notice() {
  const shown = noticeShown.value;
  return (
    <p id="notice" role="status" class={shown ? `shown ${shown.bad ? 'bad' : ''}` : ''}>
      {shown?.text}
    </p>
  );
}

const FIRST_FOCUS = ':scope > div [data-focus]';
const CONTROLS = ':scope > div :is(input, textarea, select, button, [tabindex])';

/** A dialog closes by Escape, by its button, or when its content closes it; typed text is not thrown away without a question. */
function Dialog({ dialog: { id, title, content }, top }: { dialog: OpenDialog; top: boolean }) {
  const element = useRef<HTMLDialogElement>(null);
  const typed = useRef(false);
  const asking = useSignal(false);
  const close = () => closeDialog(id);
  const leave = () => {
    if (typed.current) asking.value = true;
    else close();
  };
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    // the browser itself would focus “Close”
    const [first] = [FIRST_FOCUS, CONTROLS].flatMap((selector) => dialog?.querySelector<HTMLElement>(selector) ?? []);
    first?.focus();
    return () => {
      // while it is open, nothing outside it takes the focus
      dialog?.close();
      const target = before instanceof HTMLElement && before.isConnected ? before : document.querySelector('main');
      target?.focus();
    };
  }, []);
  // before the question is painted: a key pressed after it shows must answer it
  useLayoutEffect(() => {
    if (asking.value) element.current?.querySelector<HTMLElement>('.discard button')?.focus();
  }, [asking.value]);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onInput={() => (typed.current = true)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        leave();
      }}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      <header>
        <h2>{title}</h2>
        <Button class="plain" action={leave}>
          Close
        </Button>
      </header>
      {asking.value && (
        <div class="discard" role="alert">
          <span>Discard what you typed?</span>
          <Button action={() => (asking.value = false)}>Keep editing</Button>
          <Button class="danger" action={close}>
            Discard
          </Button>
        </div>
      )}
      <div>{content(close)}</div>
      {top && <Notice />}
    </dialog>
  );
}

setTokenPrompt(
  (rejected) =>
    new Promise((resolve, reject) => {
      openDialog(
        'Admin token',
        (close) => (
          <>
            <p>{rejected ? 'The emulator rejected that token.' : 'The emulator was started with --admin-token.'}</p>
            <Form
              label="Use token"
              submit={({ token }) => {
                resolve(token!);
                close();
              }}
            >
              <Field label="Token">
                <input name="token" type="password" required autocomplete="off" />
              </Field>
            </Form>
          </>
        ),
        () => reject(new Locked('The console needs the admin token: reload the page to enter it.')),
      );
    }),
);
