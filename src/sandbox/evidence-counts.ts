import type { Behaviour } from './behaviours.ts';

/** How many answers rest on a behaviour, and the first request with one. */
export interface BehaviourCount {
  readonly behaviour: Behaviour;
  readonly count: number;
  readonly first: FirstRequest;
}

/** A request of the journal. */
export interface FirstRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
}

/** A request with the behaviours on which its answer rests. */
type AnsweredRequest = Omit<FirstRequest, 'id'> & { readonly behaviours: readonly Behaviour[] };

/** More different behaviours come from a client that makes up names of stubs: the emulator's own are about two hundred. */
const MAX_DIFFERENT = 1000;

/** On which behaviours the answers of a sandbox rest: each counted. */
export class EvidenceCounts {
  /** By name and dialect. */
  readonly #counts = new Map<string, { readonly behaviour: Behaviour; readonly first: FirstRequest; count: number }>();

  /** Counts the answer to a request. */
  add(id: number, { behaviours, method, path }: AnsweredRequest): void {
    for (const behaviour of behaviours) this.#add(behaviour, id, method, path, 1);
  }

  #add(behaviour: Behaviour, id: number, method: string, path: string, count: number): void {
    const { of, dialect } = behaviour;
    const key = dialect === undefined ? of : `${of} ${dialect}`;
    const counted = this.#counts.get(key);
    if (counted) counted.count += count;
    else if (this.#counts.size < MAX_DIFFERENT)
      this.#counts.set(key, { behaviour, first: { id, method, path }, count });
  }

  /** In the order of their first requests. */
  list(): BehaviourCount[] {
    return [...this.#counts.values()];
  }

  /** Adds all counts of another sandbox, or of an earlier run of this one. */
  addAll(others: EvidenceCounts): void {
    for (const { behaviour, first, count } of others.list())
      this.#add(behaviour, first.id, first.method, first.path, count);
  }
}
