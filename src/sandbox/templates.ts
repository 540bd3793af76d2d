import { isUserField } from '../model/fields.ts';
import { SESSION_TEMPLATE_FIELDS } from '../model/stubs.ts';
import { isObject } from '../support/values.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const EXACT = /^\{\{([^{}]*)\}\}$/;

/** The values that templates can print, in words for messages. */
const KNOWN = 'params.*, path.*, query.*, user.*, session.*, app.id, now, id, uuid';

/**
 * The templates in a value that print nothing known, each with its place: `json.items[0].id: unknown template '{{foo}}'`.
 * @param place of the value
 * @param pathParams the names of `:name` in the match
 */
export function unknownTemplates(value: unknown, place: string, pathParams: readonly string[]): string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(PLACEHOLDER)]
      .map(([, name = '']) => name.trim())
      .filter((name) => !isKnown(name, pathParams))
      .map((name) => `${place}: unknown template '{{${name.slice(0, 80)}}}'; there are ${KNOWN}`);
  }
  if (Array.isArray(value))
    return value.flatMap((each, index) => unknownTemplates(each, `${place}[${index}]`, pathParams));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => unknownTemplates(each, `${place}.${name}`, pathParams));
}

function isKnown(name: string, pathParams: readonly string[]): boolean {
  const [root = '', field = '', ...deeper] = name.split('.');
  const fields: Readonly<Record<string, () => boolean>> = {
    params: () => field !== '',
    query: () => field !== '',
    path: () => pathParams.includes(field) && deeper.length === 0,
    user: () => isUserField(field) && deeper.length === 0,
    session: () => SESSION_TEMPLATE_FIELDS.some((each) => each === field) && deeper.length === 0,
    app: () => field === 'id' && deeper.length === 0,
    now: () => field === '',
    id: () => field === '',
    uuid: () => field === '',
  };
  return Object.hasOwn(fields, root) && fields[root]?.() === true;
}

/**
 * A value with its templates filled in: a text that is nothing but one template becomes the value itself, with its type.
 * @param read the value for a template's name; undefined becomes null, or an empty text inside others
 */
export function fillTemplates(value: unknown, read: (name: string) => unknown): unknown {
  if (typeof value === 'string') {
    const exact = EXACT.exec(value)?.[1];
    return exact === undefined ? fillText(value, read) : (read(exact.trim()) ?? null);
  }
  if (Array.isArray(value)) return value.map((each) => fillTemplates(each, read));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fillTemplates(each, read)]));
}

/** A text with its templates filled in as text. */
export function fillText(text: string, read: (name: string) => unknown): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = read(name.trim()) ?? '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

/** The value below an object's own names: `user.login` of parameters. */
export function valueAt(value: unknown, names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}
