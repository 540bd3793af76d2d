/** Something a client does that works here and may break there, with how often it was seen. */
export interface Warning {
  readonly kind: 'deprecated' | 'undocumented';
  readonly operation: string;
  readonly message: string;
  readonly count: number;
}

/** The warnings of a sandbox, alike ones counted together. */
export class Warnings {
  readonly #warnings = new Map<string, Warning>();

  add(kind: Warning['kind'], operation: string, message: string): void {
    const key = `${kind} ${operation} ${message}`;
    this.#warnings.set(key, { kind, operation, message, count: (this.#warnings.get(key)?.count ?? 0) + 1 });
  }

  /** The most frequent first. */
  list(): Warning[] {
    return [...this.#warnings.values()].sort((a, b) => b.count - a.count);
  }

  clear(): void {
    this.#warnings.clear();
  }
}
