import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { Ago, Status } from './ui.tsx';

/** Requests, the newest first, each with a link to its details. */
export function RequestLinks(props: { requests: readonly JournalEntry[] | undefined; withOperation?: boolean }) {
  return (
    <ul class="latest">
      {props.requests?.toReversed().map(({ id, status, method, path, operation, time }) => (
        <li key={id}>
          <a href={`#requests?id=${id}`}>
            <Status status={status} />
            <code>
              <b>{method}</b> {path}
            </code>
            {props.withOperation && <span class="soft">{operation}</span>}
            <Ago iso={time} />
          </a>
        </li>
      ))}
    </ul>
  );
}
