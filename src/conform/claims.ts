import { ENDPOINTS } from '../api/endpoints.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { ERROR_KEYS, ERRORS } from '../model/error-catalogue.ts';
import { type Evidence, evidenceOfPart } from '../model/evidence.ts';
import { SETTING_NAMES, SETTINGS } from '../model/settings.ts';
import type { Claim } from './claim.ts';

/** The claims of the tables about a service, in their order, without those of the emulator's own behaviour. */
export function claimsOf(dialect: Dialect): ReadonlyMap<string, Claim> {
  const operations = ENDPOINTS.filter(({ operation }) => !dialect.missingOperations.has(operation)).flatMap(
    ({ operation, method, path, alias, evidence }) =>
      partsOf(`operation:${operation}${alias ? ` (${method} ${path})` : ''}`, evidence, []),
  );
  const errors = ERROR_KEYS.flatMap((key) => {
    const { rule, wording } = (dialect.errors[key] ?? ERRORS[key]).evidence;
    return partsOf(`error:${key}`, rule, wording);
  });
  const settings = SETTING_NAMES.map((name) => ({ of: `setting:${name}`, rule: SETTINGS[name].evidence, wording: [] }));
  const claims = [...operations, ...errors, ...settings].filter(({ rule, wording }) =>
    [...rule, ...wording].some(({ source }) => source !== 'own'),
  );
  return new Map(claims.map((claim) => [claim.of, claim]));
}

function partsOf(of: string, rule: readonly Evidence[], wording: readonly Evidence[]): Claim[] {
  const named = new Set([...rule, ...wording].flatMap((piece) => (typeof piece.of === 'object' ? piece.of : [])));
  const isOfError = wording.length > 0;
  const parts = [...named].map((part) => ({
    of: `${of}:${part}`,
    // the general evidence of an operation is that of its own row
    rule: evidenceOfPart(rule, part).filter((piece) => isOfError || piece.of !== undefined),
    wording: evidenceOfPart(wording, part),
  }));
  return [{ of, rule: evidenceOfPart(rule, undefined), wording: evidenceOfPart(wording, undefined) }, ...parts];
}
