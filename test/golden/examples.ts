import { readFileSync } from 'node:fs';
import type { RawRequest } from '../support/http.ts';

/** A request example of a document, and the response printed with it. */
export interface Example {
  /** The heading above it, and the request's body if a section has several examples. */
  readonly name: string;
  readonly request: RawRequest & {
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | undefined;
  };
  readonly response: { readonly format: string; readonly text: string } | undefined;
}

/** The examples in a Markdown file: under `## heading`, a `sh` block with a curl call, then the response's block, if any. */
export function readExamples(file: string): Example[] {
  return sections(file).flatMap(({ heading, blocks }) => {
    const calls = blocks.filter(({ format }) => format === 'sh');
    return calls.map((call) => {
      const next = blocks[blocks.indexOf(call) + 1];
      const request = readCurl(call.text);
      const name = calls.length > 1 ? `${heading}: ${request.body}` : heading;
      return { name, request, response: next?.format === 'sh' ? undefined : next };
    });
  });
}

/** The only block under a heading. */
export function readBlock(file: string, heading: string): string {
  return sections(file).find((section) => section.heading === heading)!.blocks[0]!.text;
}

function sections(file: string) {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      heading: section.slice(0, section.indexOf('\n')),
      blocks: [...section.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].map(([, format, body]) => ({
        format: format!,
        text: body!,
      })),
    }));
}

/** The request that curl sends: `-X`, `-H`, `-d` and an address, in the shell's quotes, over several lines. */
function readCurl(call: string): Example['request'] {
  const words = [...call.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );
  let method = 'GET';
  let body: string | undefined;
  let path = '';
  const headers: Record<string, string> = {};
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-X') method = words[++at]!;
    else if (word === '-d') body = words[++at]!;
    else if (word === '-H') {
      const [name, value] = words[++at]!.split(/: (.*)/s) as [string, string];
      headers[name] = value;
    } else path = word.replace(/^https?:\/\/[^/]+/, '');
  }
  if (body !== undefined) headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
  return { method, path, headers, body };
}

/** A printed JSON document without its whitespace; in the V1 list, also without the comma that JSON doesn't allow. */
export function compact(json: string): string {
  return JSON.stringify(JSON.parse(json.replace(/,(\s*\])/g, '$1')));
}

/** The same request with its body as the query string. */
export function asQuery(request: Example['request']): Example['request'] {
  const { 'Content-Type': _, ...headers } = request.headers;
  return { ...request, path: `${request.path}?${request.body}`, headers, body: undefined };
}

/** The same request for a path with another ending: `/users.json` for `/users`. */
export function withSuffix(request: Example['request'], suffix: string): Example['request'] {
  const [path, query] = request.path.split('?') as [string, string?];
  const bare = path.replace(/\.(json|xml)$/, '');
  return { ...request, path: bare + suffix + (query === undefined ? '' : `?${query}`) };
}
