import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { shellQuoted } from '../support/shell-word.ts';
import { bodyOf } from './entry-body.ts';

/** Headers that curl sends itself, or that don't matter to the request. */
const LEFT_OUT =
  /^(host|connection|content-(length|type|encoding)|transfer-encoding|accept-encoding|accept-language|user-agent|sec-.*|priority)$/;

/** A request of the journal as a curl command, for a POSIX shell. Replace `[redacted]` by the secrets. */
export function curlCommand({ request }: JournalEntry): string {
  const { method, url, headers } = request;
  const body = bodyOf(request);
  const shown = Object.entries(headers).filter(
    ([name, value]) => !LEFT_OUT.test(name) && !(name === 'accept' && value === '*/*'),
  );
  const options = [
    ...(method === 'HEAD' ? ['--head'] : method === (body ? 'POST' : 'GET') ? [] : [`-X ${method}`]),
    // curl would expand brackets and braces
    ...(/[[{]/.test(url) ? ['--globoff'] : []),
    shellQuoted(url),
    ...(body ? [`-H ${shellQuoted(`content-type: ${body.type}`)}`] : []),
    ...shown.map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`),
    ...(body ? [`--data-raw ${shellQuoted(body.text)}`] : []),
  ];
  return `curl ${options.join(' \\\n  ')}`;
}
