import type { WarningList } from '../control/results.ts';
import { useLive } from './live.ts';
import { Table } from './ui.tsx';

export function Warnings() {
  const list = useLive<WarningList>('/warnings');
  return (
    <>
      <p class="lead">
        The deprecated or undocumented features that your application uses: they work here, but may fail with the real
        service.
      </p>
      {list && (
        <Table
          label="Warnings"
          columns={['Kind', 'Operation', 'Warning', 'Requests']}
          rows={list.items.map(({ kind, operation, message, count }) => (
            <tr key={message}>
              <td data-head="Kind">
                <span class={`source ${kind === 'deprecated' ? 'guess' : 'own'}`}>{kind}</span>
              </td>
              <td data-head="Operation">
                <a href={`#requests?q=op:${encodeURIComponent(operation)}`}>{operation}</a>
              </td>
              <td data-head="Warning">{message}</td>
              <td data-head="Requests" class="number">
                {count}
              </td>
            </tr>
          ))}
          empty="No warnings: all requests keep to the documents."
        />
      )}
    </>
  );
}
