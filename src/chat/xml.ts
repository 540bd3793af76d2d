import { SaxesParser } from 'saxes';

/** An element of a stanza. */
export interface Element {
  /** Without a prefix. */
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

/** A text that is not a stanza. The message is the stream error of RFC 6120 for it. */
export class XmlError extends Error {
  override readonly message: 'not-well-formed' | 'restricted-xml';

  constructor(condition: XmlError['message']) {
    super(condition);
    this.name = 'XmlError';
    this.message = condition;
  }
}

/** A stanza is a few levels deep. The parser looks up the namespace of an element in all elements around it. */
const MAX_DEPTH = 100;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenElement = Mutable<Omit<Element, 'children'>> & { readonly children: Element[] };

/**
 * Parses a frame of RFC 7395: one element. RFC 6120 forbids document types (and so entities), comments and processing instructions.
 * @throws XmlError
 */
export function parseStanza(frame: string): Element {
  const parser = new SaxesParser({ xmlns: true });
  const restricted = () => {
    throw new XmlError('restricted-xml');
  };
  const open: OpenElement[] = [];
  let root: Element | undefined;
  for (const event of ['doctype', 'comment', 'processinginstruction'] as const) parser.on(event, restricted);
  parser.on('error', () => {
    throw new XmlError('not-well-formed');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (open.length === MAX_DEPTH) restricted();
    const values = Object.entries(attributes).map(([name, { value }]) => [name, value]);
    const element: OpenElement = {
      name: local,
      namespace: uri,
      attributes: Object.fromEntries(values),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const onText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => void open.pop());
  parser.write(frame).close();
  if (!root) throw new XmlError('not-well-formed');
  return root;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes a text for content and for attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
}

/** Prints attributes, with a blank before each. Those without a value are left out. */
export function printAttributes(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(value)}"`))
    .join('');
}
