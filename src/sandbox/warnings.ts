/** Something that a client does, which works here but may not work with the real service. */
export interface Finding {
  readonly kind: 'deprecated' | 'undocumented';
  readonly operation: string;
  readonly message: string;
}

/** A finding, and how often it was made. */
export interface Warning extends Finding {
  readonly count: number;
}

/** More different findings come from a client that makes up parameters: they would only fill the memory. */
const MAX_DIFFERENT = 1000;

/** The warnings of a sandbox, equal ones counted together. */
export class Warnings {
  readonly #counts = new Map<string, { readonly finding: Finding; count: number }>();

  add(finding: Finding, count = 1): void {
    // the message alone, which names method and path: no string has to be built for each request
    const key = finding.message;
    const counted = this.#counts.get(key);
    if (counted) counted.count += count;
    else if (this.#counts.size < MAX_DIFFERENT) this.#counts.set(key, { finding, count });
  }

  /** The most frequent first. */
  list(): Warning[] {
    return [...this.#counts.values()]
      .map(({ finding, count }) => ({ ...finding, count }))
      .sort((a, b) => b.count - a.count);
  }

  /** Adds all of another's warnings. */
  addAll(others: Warnings): void {
    for (const { count, ...finding } of others.list()) this.add(finding, count);
  }
}
