import type { EvidenceItem, RunEvidence } from '../control/results.ts';
import type { Evidence as Piece, Source } from '../model/evidence.ts';
import { useCoverage, useLive } from './live.ts';
import { SearchField } from './search-field.tsx';
import { route } from './store.ts';
import { EvidenceList, Status, Table } from './ui.tsx';

const SOURCES: Readonly<Record<Source, string>> = {
  doc: 'the vendors’ documents',
  log: 'recorded answers of the real services',
  sdk: 'what the vendors’ SDKs send and expect',
  guess: 'analogy and plausibility',
  own: 'the emulator’s own behaviour',
};
/** The same as keys, the least certain first. */
const LEVELS: readonly Source[] = ['guess', 'sdk', 'log', 'doc', 'own'];

const noteOf = (evidence: readonly Piece[]) => evidence.map(({ source, note }) => `${source} ${note}`).join(' ');

export function Evidence() {
  const coverage = useCoverage();
  const run = useLive<RunEvidence>('/evidence');
  const { q = '' } = route.value.params;
  if (coverage === undefined || run === undefined) return null;
  const words = q.toLowerCase().split(/\s+/);
  const meets = (...texts: readonly unknown[]) => {
    const text = texts.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const endpoints = coverage.endpoints.filter(({ operation, method, path, evidence }) =>
    meets(operation, method, path, noteOf(evidence)),
  );
  const errors = coverage.errors.filter(({ key, status, text, evidence }) =>
    meets(key, status, text, noteOf(evidence.rule), noteOf(evidence.wording)),
  );
  return (
    <>
      <p class="lead">What is emulated, and the evidence for each behaviour.</p>
      <dl class="legend">
        {Object.entries(SOURCES).map(([source, meaning]) => (
          <div key={source}>
            <dt>
              <span class={`source ${source}`}>{source}</span>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <SearchField placeholder="users.create, 422, guess…" />
      </div>
      <h2>This run</h2>
      <p class="soft">The evidence for the answers since the last reset, the least certain first.</p>
      {run.items.length > 0 && (
        <p class="facts">
          {LEVELS.filter((level) => run.levels[level] > 0).map((level) => (
            <span key={level}>
              <span class={`source ${level}`}>{level}</span> {run.levels[level]}
            </span>
          ))}
        </p>
      )}
      <Table
        label="This run"
        columns={['Behaviour', 'Level', 'Evidence', 'Answers', 'First request']}
        rows={run.items
          .filter(({ of, level, note }) => meets(of, level, note))
          .map((item) => <Behaviour key={`${item.of} ${item.dialect}`} item={item} />)}
        empty={run.items.length === 0 ? 'No answers yet.' : 'No behaviour matches the search.'}
      />
      <h2>Endpoints</h2>
      <Table
        label="Endpoints"
        columns={['Operation', 'Request', 'Status', 'Evidence']}
        rows={endpoints.map(({ operation, method, path, status, deprecated, evidence }) => (
          <tr key={`${method} ${path}`}>
            <td data-head="Operation">
              {operation} {deprecated && <small>deprecated</small>}
            </td>
            <td data-head="Request">
              <code>
                <b>{method}</b> {path}
              </code>
            </td>
            <td data-head="Status">
              <Status status={status} />
            </td>
            <td data-head="Evidence">
              <EvidenceList evidence={evidence} />
            </td>
          </tr>
        ))}
        empty="No endpoint matches the search."
      />
      <h2>Errors</h2>
      <Table
        label="Errors"
        columns={['Error', 'Status', 'Text', 'Evidence']}
        rows={errors.map(({ key, dialect, status, text, evidence }) => (
          <tr key={`${key} ${dialect}`}>
            <td data-head="Error">
              <code>{key}</code> {dialect && <small>{dialect}</small>}
            </td>
            <td data-head="Status">
              <Status status={status} />
            </td>
            <td data-head="Text">{[text].flat().join(', ')}</td>
            <td data-head="Evidence">
              <EvidenceList evidence={[...new Set([...evidence.rule, ...evidence.wording])]} />
            </td>
          </tr>
        ))}
        empty="No error matches the search."
      />
      <h2>Not emulated</h2>
      <p class="soft">These paths of the service’s other modules answer 501, unless a stub answers them.</p>
      <p class="paths">
        {coverage.not_emulated.map((path) => (
          <code key={path}>{path}</code>
        ))}
      </p>
    </>
  );
}

function Behaviour({ item: { of, dialect, level, note, count, first_request } }: { item: EvidenceItem }) {
  return (
    <tr>
      <td data-head="Behaviour">
        <code>{of}</code> {dialect && <small>{dialect}</small>}
      </td>
      <td data-head="Level">
        <span class={`source ${level}`}>{level}</span>
      </td>
      <td data-head="Evidence">
        <span class="notes">{note}</span>
      </td>
      <td data-head="Answers" class="number">
        {count}
      </td>
      <td data-head="First request">
        <a href={`#requests?id=${first_request.id}`}>
          {first_request.method} {first_request.path}
        </a>
      </td>
    </tr>
  );
}
