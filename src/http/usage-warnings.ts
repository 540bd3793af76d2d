import { undocumentedFilters } from '../api/documented-filters.ts';
import { ENDPOINTS, type Endpoint } from '../api/endpoints.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import type { Finding } from '../sandbox/warnings.ts';
import { cut, printable } from '../support/printable.ts';
import { isJsonName } from '../support/secrets.ts';
import { countCharacters, lastOf, scalarText } from '../support/values.ts';
import type { ResolvedRequest } from './recognize.ts';

type Status = 'documented' | 'deprecated';

/** A service's documentation of an endpoint. */
interface EndpointUsage {
  /** Findings of every request, whatever its parameters. */
  readonly findings: readonly Finding[];
  readonly params: ReadonlyMap<string, Status>;
  /** The fields of parameters that are objects, by the object's name: `user`. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, Status>>;
  /** The form of dates in filters. */
  readonly filterDates: RegExp | undefined;
  /** The least lengths of parameters. */
  readonly minLengths: Readonly<Record<string, number>>;
}

const NO_FINDINGS: readonly Finding[] = [];
/** More findings of one request tell nothing new, and the journal stores them all. */
const MAX_FINDINGS = 100;

/** Built once: the most frequent call of all is a deprecated one. */
const USAGE: ReadonlyMap<string, ReadonlyMap<Endpoint, EndpointUsage>> = new Map(
  DIALECTS.map((dialect) => {
    const endpoints = ENDPOINTS.filter(({ operation }) => !dialect.missingOperations.has(operation));
    return [dialect.name, new Map(endpoints.map((endpoint) => [endpoint, usageOf(dialect, endpoint)]))];
  }),
);

/** Finds what works here but is deprecated, or missing in the documents of the service. At most 100 findings of its parameters. */
export function checkUsage({ request, route, caller, stub }: ResolvedRequest): readonly Finding[] {
  const usage = route && !stub && USAGE.get(caller.dialect.name)?.get(route.endpoint);
  if (!usage) return NO_FINDINGS;
  const { params, headers } = request;
  const { token } = caller.dialect.request;
  let findings: readonly Finding[] = NO_FINDINGS;
  if (caller.hasToken && !(token in headers) && params.token === undefined)
    findings = [finding('undocumented', route.endpoint, `: a token that is not sent as ${token}`)];
  for (const name in params) {
    const found = parameterFindings(usage, route.endpoint, name, params[name]);
    if (found.length > 0) findings = [...findings, ...found];
    if (findings.length > MAX_FINDINGS) break;
  }
  return findings.length === 0 ? usage.findings : [...usage.findings, ...findings.slice(0, MAX_FINDINGS)];
}

function usageOf(dialect: Dialect, endpoint: Endpoint): EndpointUsage {
  const { missing, deprecatedParams, filterDates, minLengths } = dialect.documents;
  const lacking = missing[endpoint.operation] ?? [];
  const params = new Map<string, Status>();
  const fields = new Map<string, Map<string, Status>>();
  if (deprecatedParams.includes('token')) params.set('token', 'deprecated');
  for (const param of endpoint.params) {
    if (lacking.includes(param)) continue;
    const status = deprecatedParams.includes(param) ? 'deprecated' : 'documented';
    const [, object, field] = /^(\w+)\[(\w+)\]$/.exec(param) ?? [];
    if (object === undefined || field === undefined) params.set(param, status);
    else fields.set(object, (fields.get(object) ?? new Map<string, Status>()).set(field, status));
  }
  return {
    findings: endpointFindings(dialect, endpoint),
    params,
    fields,
    filterDates,
    minLengths: minLengths[endpoint.operation] ?? {},
  };
}

function endpointFindings({ documents }: Dialect, endpoint: Endpoint): readonly Finding[] {
  const { operation, deprecated = false, alias = false, forbiddenBy } = endpoint;
  if (alias || documents.missing[operation] === 'all')
    return [finding('undocumented', endpoint, ' is not in the documents')];
  if (!deprecated || !documents.deprecates) return NO_FINDINGS;
  // doc: users/retrieve-users-v1, the picture of the admin panel
  const refused = forbiddenBy ? ', and refused by an application with default permissions' : '';
  return [finding('deprecated', endpoint, ` is deprecated${refused}`)];
}

function parameterFindings(
  { params, fields, filterDates, minLengths }: EndpointUsage,
  endpoint: Endpoint,
  name: string,
  value: unknown,
): readonly Finding[] {
  const known = fields.get(name);
  if (known) {
    return (typeof value === 'object' && value !== null ? Object.keys(value) : [])
      .filter((field) => known.get(field) !== 'documented')
      .slice(0, MAX_FINDINGS)
      .map((field) => parameterFinding(endpoint, `${name}[${field}]`, known.get(field)));
  }
  const status = params.get(name);
  if (status !== 'documented') return [parameterFinding(endpoint, name, status)];
  const minLength = minLengths[name];
  if (minLength !== undefined && countCharacters(scalarText(lastOf(value)) ?? '') < minLength)
    return [finding('undocumented', endpoint, `: '${name}' with fewer than ${minLength} characters`)];
  if (name !== 'filter') return NO_FINDINGS;
  return undocumentedFilters(value, filterDates).map((text) => finding('undocumented', endpoint, `: ${text}`));
}

function parameterFinding(endpoint: Endpoint, param: string, status: Status | undefined): Finding {
  // it may hold secrets: it isn't repeated
  if (isJsonName(param))
    return finding('undocumented', endpoint, ': JSON that was sent as a form: add Content-Type: application/json');
  return status === 'deprecated'
    ? finding('deprecated', endpoint, `: parameter '${param}' is deprecated`)
    : finding('undocumented', endpoint, `: parameter '${cut(param, 80)}' is not in the documents`);
}

function finding(kind: Finding['kind'], { operation, method, path }: Endpoint, text: string): Finding {
  return { kind, operation, message: printable(`${method} ${path}${text}`) };
}
