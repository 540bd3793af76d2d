import type { Circumstances, Probe } from './calls.ts';
import { type Claim, claimNamed } from './claim.ts';
import { unmetNeed } from './needs.ts';
import { NEVER_ASKED, NEVER_SETTLED, PROBES } from './probes.ts';
import { SETTING_PROBES } from './setting-probes.ts';
import { guessesOf, nameOf, type Outcome, ownGuess } from './verdict.ts';

/** A claim that no answer has confirmed or refuted. */
export interface OpenClaim {
  readonly of: string;
  readonly reason: string;
  /** Its guesses, which stay open. */
  readonly guesses: readonly string[];
}

/** Why a question isn't asked; undefined: it is. */
export function reasonNotToAsk(
  { needs, readOnly }: Pick<Probe, 'needs' | 'readOnly'>,
  circumstances: Circumstances,
  onlyReading: boolean,
): string | undefined {
  return unmetNeed(needs, circumstances)?.otherwise ?? (onlyReading && !readOnly ? 'the run only reads' : undefined);
}

/**
 * The claims and guesses about which nothing was asked, with the reasons. Those that the service can't have are left out.
 * @param otherwise the reason where there is no other
 */
export function openClaims(
  claims: ReadonlyMap<string, Claim>,
  outcomes: readonly Outcome[],
  circumstances: Circumstances,
  onlyReading: boolean,
  otherwise: string,
): OpenClaim[] {
  const reasonOf = (probe: Pick<Probe, 'needs' | 'readOnly'>) => reasonNotToAsk(probe, circumstances, onlyReading);
  const asked = new Set([
    ...outcomes.map(({ of }) => of),
    ...SETTING_PROBES.filter((probe) => !reasonOf(probe)).map(({ setting }) => `setting:${setting}`),
  ]);
  const rows = [...claims.values()]
    .filter(({ of }) => !asked.has(of))
    .flatMap((claim) => {
      const about = [
        ...PROBES.filter(({ of }) => claimNamed(claims, of) === claim),
        ...SETTING_PROBES.filter(({ setting }) => `setting:${setting}` === claim.of),
      ].filter(({ needs }) => !unmetNeed(needs, circumstances)?.ofService);
      const reasons = about.map(reasonOf);
      const reason = reasons.includes(undefined) ? otherwise : (reasons[0] ?? otherwise);
      const never = NEVER_ASKED[claim.of];
      if (never === undefined && about.length === 0) return [];
      return [{ of: claim.of, reason: never ?? reason, guesses: guessesOf(claim) }];
    });
  const guesses = PROBES.flatMap((probe) => {
    const guess = ownGuess(probe, circumstances.dialect);
    const isAsked = outcomes.some((each) => each.probe === probe);
    const reason = reasonOf(probe) ?? otherwise;
    if (guess === undefined || isAsked || unmetNeed(probe.needs, circumstances)?.ofService) return [];
    return [{ of: nameOf(probe), reason, guesses: [guess] }];
  });
  const unsettled = [...claims.values()].flatMap(({ of, rule, wording }) =>
    [...rule, ...wording].flatMap(({ source, note }) => {
      const reason = source === 'guess' ? NEVER_SETTLED[note] : undefined;
      return reason === undefined || !asked.has(of) ? [] : [{ of, reason, guesses: [note] }];
    }),
  );
  return [...rows, ...guesses, ...unsettled];
}
