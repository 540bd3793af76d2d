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

/** The claims and guesses about which nothing was asked, with the reasons. Those that the service can't have are left out. */
export function openClaims(
  claims: ReadonlyMap<string, Claim>,
  outcomes: readonly Outcome[],
  circumstances: Circumstances,
  onlyReading: boolean,
): OpenClaim[] {
  const asked = new Set(outcomes.map(({ of }) => of));
  const rows = [...claims.values()]
    .filter(({ of }) => !asked.has(of))
    .flatMap((claim) => {
      const about = [
        ...PROBES.filter(({ of }) => claimNamed(claims, of) === claim),
        ...SETTING_PROBES.filter(({ setting }) => `setting:${setting}` === claim.of),
      ].filter(({ needs }) => !unmetNeed(needs, circumstances)?.ofService);
      const reasons = about.map((probe) => reasonNotToAsk(probe, circumstances, onlyReading));
      const reason = NEVER_ASKED[claim.of] ?? reasons[0];
      return reason === undefined ? [] : [{ of: claim.of, reason, guesses: guessesOf(claim) }];
    });
  const guesses = PROBES.flatMap((probe) => {
    const guess = ownGuess(probe, circumstances.dialect);
    const reason = reasonNotToAsk(probe, circumstances, onlyReading);
    if (guess === undefined || reason === undefined || unmetNeed(probe.needs, circumstances)?.ofService) return [];
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
