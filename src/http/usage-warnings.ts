import { undocumentedFilters } from '../api/documented-filters.ts';
import { ENDPOINTS, type Endpoint } from '../api/endpoints.ts';
import type { Params } from '../core/context.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import type { Finding } from '../sandbox/warnings.ts';
import type { ResolvedRequest } from './pipeline.ts';

/** What the documents know of a parameter; a map: of those inside it. */
type Known = 'known' | 'deprecated' | Map<string, 'known' | 'deprecated'>;

/** What there is to say of an endpoint in a dialect. */
interface Sheet {
  /** Whatever the parameters are. */
  readonly always: readonly Finding[];
  readonly params: ReadonlyMap<string, Known>;
  readonly dates: RegExp | undefined;
}

const NOTHING: readonly Finding[] = [];
/** More findings than this of one request say nothing new, and the journal keeps them all. */
const MOST = 100;

/** Made once, since the commonest call of all is a deprecated one. */
const SHEETS = new Map<Dialect, Map<Endpoint, Sheet>>(
  DIALECTS.map((dialect) => [
    dialect,
    new Map(
      ENDPOINTS.filter(({ operation }) => !dialect.missingOperations.has(operation)).map((endpoint) => [
        endpoint,
        {
          always: standing(dialect, endpoint),
          params: knownParams(dialect, endpoint),
          dates: dialect.documents.filterDates,
        },
      ]),
    ),
  ]),
);

/** What a call does that works here, but is deprecated or unknown to the documents of its service. */
export function checkUsage({ call: { params, headers }, route, caller }: ResolvedRequest): readonly Finding[] {
  const sheet = route && SHEETS.get(caller.dialect)!.get(route.endpoint);
  if (!sheet) return NOTHING;
  let odd: Finding[] | undefined;
  const { token } = caller.dialect.request;
  if (caller.token !== undefined && !(token in headers) && params.token === undefined)
    odd = [finding('undocumented', route.endpoint, `: a token that is not sent as ${token}`)];
  for (const name in params) {
    const found = inParam(sheet, route.endpoint, name, params);
    if (found.length > 0) odd = odd ? [...odd, ...found] : found;
    if (odd && odd.length > MOST) break;
  }
  return odd ? [...sheet.always, ...odd.slice(0, MOST)] : sheet.always;
}

function standing({ documents }: Dialect, endpoint: Endpoint): readonly Finding[] {
  const { operation, deprecated = false, alias = false } = endpoint;
  if (alias || documents.missing[operation] === 'all')
    return [finding('undocumented', endpoint, ' is not in the documents')];
  return deprecated && documents.deprecates ? [finding('deprecated', endpoint, ' is deprecated')] : NOTHING;
}

function knownParams({ documents }: Dialect, { operation, params }: Endpoint): ReadonlyMap<string, Known> {
  const lack = documents.missing[operation] ?? [];
  const known = new Map<string, Known>();
  const judge = (param: string) => (documents.deprecatedParams.includes(param) ? 'deprecated' : 'known');
  if (documents.deprecatedParams.includes('token')) known.set('token', 'deprecated');
  for (const param of params) {
    if (lack.includes(param)) continue;
    const [outer, inner] = param.split(/[[\]]/) as [string, string | undefined];
    if (inner === undefined) known.set(outer, judge(param));
    else known.set(outer, ((known.get(outer) as Map<string, never>) ?? new Map()).set(inner, judge(param) as never));
  }
  return known;
}

function inParam({ params: known, dates }: Sheet, endpoint: Endpoint, name: string, params: Params): Finding[] {
  const facts = known.get(name);
  if (facts === undefined || facts === 'deprecated') return [judged(endpoint, name, facts)];
  if (facts === 'known') {
    return name === 'filter'
      ? undocumentedFilters(params.filter, dates).map((odd) => finding('undocumented', endpoint, `: ${odd}`))
      : [];
  }
  const inside = params[name];
  return (typeof inside === 'object' && inside !== null ? Object.keys(inside) : [])
    .filter((each) => facts.get(each) !== 'known')
    .slice(0, MOST)
    .map((each) => judged(endpoint, `${name}[${each}]`, facts.get(each) as 'deprecated' | undefined));
}

function judged(endpoint: Endpoint, param: string, is: 'deprecated' | undefined): Finding {
  return is
    ? finding('deprecated', endpoint, `: parameter '${param}' is deprecated`)
    : finding('undocumented', endpoint, `: parameter '${param.slice(0, 80)}' is not in the documents`);
}

function finding(kind: Finding['kind'], { operation, method, path }: Endpoint, what: string): Finding {
  return { kind, operation, message: `${method} ${path}${what}` };
}
