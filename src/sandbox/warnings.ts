/** Something a client does that works here and may break there. */
export interface Finding {
  readonly kind: 'deprecated' | 'undocumented';
  readonly operation: string;
  readonly message: string;
}

/** A finding, with how often it was made. */
export interface Warning extends Finding {
  readonly count: number;
}

/** More different ones than this come from a client that makes up parameters: they would only fill the memory. */
const MAX_DIFFERENT = 1000;

/** The warnings of a sandbox, alike ones counted together. */
export class Warnings {
  readonly #counts = new Map<string, { readonly finding: Finding; count: number }>();

  add(finding: Finding, count = 1): void {
    // operations are few: the message alone tells most of them apart, and needs no text to be made for each request
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

  /** Adds all that others have. */
  addAll(others: Warnings): void {
    for (const { count, ...finding } of others.list()) this.add(finding, count);
  }

  clear(): void {
    this.#counts.clear();
  }
}
