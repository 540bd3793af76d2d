import type { Sandbox } from '../sandbox.ts';
import type { Call } from './call.ts';
import type { Route } from './routes.ts';

/** Counts what works here, but is deprecated or unknown to the documents. */
export function noteWarnings(sandbox: Sandbox, call: Call, route: Route | undefined): void {
  if (!route) return;
  const { operation, method, path, deprecated, alias } = route.endpoint;
  if (deprecated) sandbox.warnings.add('deprecated', operation, `${method} ${path} is deprecated`);
  if (alias) sandbox.warnings.add('undocumented', operation, `${method} ${path} is not in the documents`);
  if (call.params.token !== undefined)
    sandbox.warnings.add('undocumented', operation, 'the token as a parameter is deprecated: send it as a header');
}
