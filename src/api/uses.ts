// Uses of operations that have evidence of their own.
import type { Params } from '../core/context.ts';
import { own } from '../model/evidence.ts';

/** The use of a provider's token. The emulator is offline. */
export const ANY_TOKEN = own('of a provider, any token is accepted', ['provider']);
export const usesProvider = ({ provider }: Params): readonly string[] =>
  typeof provider === 'string' && provider !== '' ? ['provider'] : [];

/** Uses of a filter's `in` that the documents leave open. */
export const IN_ONE = 'in-one';
export const IN_NOTHING = 'in-nothing';

export function openUsesOfIn({ filter }: Params): readonly string[] {
  // `filter[]` makes a list, `filter[in]` an object
  const filters = typeof filter === 'object' && filter !== null ? Object.values(filter) : [filter];
  return filters.flatMap((each: unknown) => {
    const [, type, field, value] =
      (typeof each === 'string' && /^(\w+)[ +]+(\w+)[ +]+in\b[ +]*(.*)$/s.exec(each)) || [];
    if (value === '') return IN_NOTHING;
    return type === 'string' && field === 'full_name' && !value?.includes(',') ? IN_ONE : [];
  });
}
