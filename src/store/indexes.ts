import type { Key } from '../query/keys.ts';

/** An index: finds records by a field besides their key. */
export type Index<T> = ScalarIndex<T> | ListIndex<T>;

/** An index by a field with at most one value. */
export interface ScalarIndex<T> {
  readonly kind: 'scalar';
  readonly read: (record: T) => Key | null;
  /** Makes texts equal that count as equal. */
  readonly fold: ((text: string) => string) | undefined;
}

/** An index by a field that is a list: each of its values finds the record. */
export interface ListIndex<T> {
  readonly kind: 'list';
  readonly read: (record: T) => readonly Key[] | null;
}

export function scalar<T>(read: ScalarIndex<T>['read'], fold?: ScalarIndex<T>['fold']): ScalarIndex<T> {
  return { kind: 'scalar', read, fold };
}

export function list<T>(read: ListIndex<T>['read']): ListIndex<T> {
  return { kind: 'list', read };
}
