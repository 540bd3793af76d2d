import { useRef } from 'preact/hooks';
import type { User } from '../control/results.ts';
import { USER_FIELD_NAMES, USER_FIELDS } from '../model/fields.ts';
import { api, query } from './api.ts';
import { changed } from './live.ts';
import { notice, openDialog } from './store.ts';
import { Field, Form } from './ui.tsx';

type FormField = (typeof USER_FIELD_NAMES)[number] | 'password';

const MAIN_FIELDS: readonly FormField[] = ['login', 'password', 'email', 'full_name', 'phone', 'user_tags'];
/** The other fields that a form can edit: all but those that the emulator sets. */
const MORE_FIELDS = USER_FIELD_NAMES.filter((name) => !USER_FIELDS[name].system && !MAIN_FIELDS.includes(name));

export function shortNameOf({ login, email, id }: User): string {
  return login ?? email ?? `user ${id}`;
}

export function nameOf({ login, email, id }: User): string {
  return `${login ?? email ?? 'user'} (${id})`;
}

/** A form for a new user, or to edit one. It sends only the fields that changed. */
export function editUser(user: User | undefined, app: string): void {
  openDialog(user ? `Edit ${nameOf(user)}` : 'New user', (close) => <UserForm user={user} app={app} close={close} />);
}

function UserForm({ user, app, close }: { user: User | undefined; app: string; close: () => void }) {
  // the record may change while the form is open: what was not edited here must not be sent
  const before = useRef(user).current;
  const textOf = (name: FormField) => (name === 'password' ? '' : String(before?.[name] ?? ''));
  const submit = async (_entries: unknown, form: HTMLFormElement) => {
    const inputs = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[name]')];
    const edited = inputs.filter((input) => input.value !== input.dataset.before);
    const fields = Object.fromEntries(edited.map(({ name, value }) => [name, value === '' ? null : value]));
    const path = before ? `/users/${before.id}` : '/users';
    const saved = await api<User>(before ? 'PATCH' : 'POST', path + query({ app }), fields);
    close();
    await changed();
    notice(`${nameOf(saved)} was ${before ? 'saved' : 'created'}`);
  };
  return (
    <Form submit={submit} label={before ? 'Save' : 'Create'} cancel={close}>
      {(problems) => (
        <>
          <div class="grid">
            {MAIN_FIELDS.map((name) => (
              <UserField key={name} name={name} text={textOf(name)} user={before} problem={problems.get(name)} />
            ))}
          </div>
          <details open={MORE_FIELDS.some((name) => textOf(name) !== '' || problems.has(name))}>
            <summary>More fields</summary>
            <div class="grid">
              {MORE_FIELDS.map((name) => (
                <UserField key={name} name={name} text={textOf(name)} user={before} problem={problems.get(name)} />
              ))}
            </div>
          </details>
        </>
      )}
    </Form>
  );
}

/** Keeps the text that an input shows at first, in which the browser has normalized line breaks, or left them out. */
function keepFirstText(input: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (input) input.dataset.before = input.value;
}

function UserField(props: { name: FormField; text: string; user: User | undefined; problem: string | undefined }) {
  const { name, text, user, problem } = props;
  const common = { name, ref: keepFirstText, 'aria-invalid': problem !== undefined, autocomplete: 'off' } as const;
  const hint = name === 'user_tags' ? 'separated by commas' : undefined;
  return (
    <Field label={name} problem={problem} {...(hint && { hint })}>
      {name === 'custom_data' ? (
        // often JSON of several lines: a single-line input would drop the line breaks
        <textarea {...common} rows={4} defaultValue={text} />
      ) : (
        <input
          {...common}
          defaultValue={text}
          placeholder={name === 'password' && user?.has_password ? 'unchanged' : ''}
        />
      )}
    </Field>
  );
}
