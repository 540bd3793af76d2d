import type { State, StateChange, StateListener } from '../store/state.ts';

/** A state before it was replaced as a whole. */
interface Replacement {
  readonly replaced: State;
}
type Step = StateChange | Replacement;

const NO_CHANGES: readonly StateChange[] = [];
/** The most changes that are shown of one call. */
const MAX_TAKEN = 1000;
/** How many steps back the history reaches, and how many of them are replacements, each of which holds a whole state. */
const MAX_STEPS = 50_000;
const MAX_REPLACEMENTS = 10;
/** So many steps may be there before the first are looked at, whether they are of use. */
const MIN_STEPS = 4096;

/** The last changes of a sandbox's state: those to show, and those to undo. Records are immutable: the old one undoes a change. */
export class StateHistory {
  readonly #oldest: () => number;
  #taken: StateChange[] = [];
  #steps: Step[] = [];
  /** The position of the first step. */
  #first = 0;
  #replacements = 0;
  #trimAt = MIN_STEPS;

  /** @param oldest the position up to which the history is still of use */
  constructor(oldest: () => number) {
    this.#oldest = oldest;
  }

  /** Hears of the changes of the state. */
  readonly observe: StateListener = (change, deferred) => {
    this.#add(change);
    // each use moves the end of a session: that is no change to show
    const used = deferred && change.after !== undefined && change.collection !== 'stubs';
    if (!used && this.#taken.length < MAX_TAKEN) this.#taken.push(change);
  };

  /** The changes to show since the last call. Must be called in the same turn of the event loop as the changes that it is to return. */
  take(): readonly StateChange[] {
    if (this.#taken.length === 0) return NO_CHANGES;
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }

  /** How many steps there were so far: marks a point of time. */
  get position(): number {
    return this.#first + this.#steps.length;
  }

  /** Records that another state takes the place of this one. */
  recordReplacement(state: State): void {
    this.#add({ replaced: state.fork() });
    if (++this.#replacements > MAX_REPLACEMENTS) this.#drop(this.#steps.findIndex(isReplacement) + 1);
    this.#taken = [];
  }

  /** Forgets everything before a position. */
  forgetBefore(position: number): void {
    this.#drop(position - this.#first);
  }

  /**
   * The state as it was at a position.
   * @param state as it is now: it is changed, unless it was replaced since
   * @returns the state, or another one in its place; undefined when the history doesn't reach so far back
   */
  undoTo(position: number, state: State): State | undefined {
    if (position < this.#first) return undefined;
    const steps = this.#steps.slice(position - this.#first);
    const at = steps.findIndex(isReplacement);
    const replacement = steps[at];
    const base = replacement && isReplacement(replacement) ? replacement.replaced.fork() : state;
    for (const step of firstChanges(at < 0 ? steps : steps.slice(0, at)))
      base.set(step.collection, step.application, step.key, step.before);
    return base;
  }

  #add(step: Step): void {
    this.#steps.push(step);
    if (this.#steps.length < this.#trimAt) return;
    this.#drop(Math.max(this.#oldest() - this.#first, this.#steps.length - MAX_STEPS / 2));
    this.#trimAt = Math.min(MAX_STEPS, Math.max(MIN_STEPS, 2 * this.#steps.length));
  }

  #drop(count: number): void {
    if (count <= 0) return;
    this.#replacements -= this.#steps.slice(0, count).filter(isReplacement).length;
    this.#steps = this.#steps.slice(count);
    this.#first += count;
  }
}

function isReplacement(step: Step): step is Replacement {
  return 'replaced' in step;
}

/** The first change of each record. */
function firstChanges(steps: readonly Step[]): StateChange[] {
  const first = new Map<string, StateChange>();
  for (const step of steps) {
    if (isReplacement(step)) continue;
    const id = `${step.collection} ${step.application} ${step.key}`;
    if (!first.has(id)) first.set(id, step);
  }
  return [...first.values()];
}
