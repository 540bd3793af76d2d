import { type Element, parseStanza } from '../chat/xmpp-stream.ts';

/**
 * The value of an XML document, in the form in which JSON answers are compared: an object of the root's name, elements as keys with
 * their type (`id[integer]`), attributes as `@name`, lists of records as lists; undefined for a text that is no XML.
 */
export function parseXml(text: string): unknown {
  try {
    // the declaration is a processing instruction, which stanzas can't have
    const root = parseStanza(text.replace(/^\uFEFF?\s*<\?xml[^>]*\?>\s*/, ''));
    return { [keyOf(root)]: contentOf(root) };
  } catch {
    return undefined;
  }
}

function keyOf({ name, attributes: { type } }: Element): string {
  return type === undefined ? name : `${name}[${type}]`;
}

function contentOf(element: Element): unknown {
  const { attributes, children, text } = element;
  const { type, nil, ...others } = attributes;
  if (nil === 'true') return null;
  const named = Object.entries(others).map(([name, value]) => [`@${name}`, value]);
  if (type === 'array') return { ...Object.fromEntries(named), items: children.map(itemOf) };
  if (children.length === 0) return text;
  const names = new Set(children.map(keyOf));
  const values = [...names].map((name) => {
    const alike = children.filter((child) => keyOf(child) === name).map(contentOf);
    return [name, alike.length === 1 ? alike[0] : alike];
  });
  return Object.fromEntries([...named, ...values]);
}

function itemOf(element: Element): unknown {
  return { [keyOf(element)]: contentOf(element) };
}
