import { USER_FIELD_NAMES } from '../model/fields.ts';
import type { UserField, User as UserRecord } from '../model/records.ts';

/** The order of a list: by a field's values, ascending, or with `-` before its name descending. */
export type UserOrder = UserField | `-${UserField}`;

export const USER_ORDERS: readonly UserOrder[] = USER_FIELD_NAMES.flatMap((name) => [name, `-${name}` as const]);

/** Users in an order. Texts compare without case, and users without a value come last in both directions. */
export function sortUsers(users: readonly UserRecord[], order: UserOrder): UserRecord[] {
  const descending = order.startsWith('-');
  const field = USER_FIELD_NAMES.find((name) => order === name || order === `-${name}`) ?? 'id';
  const keyed = users.map((user) => ({ user, key: sortKey(user[field]) }));
  keyed.sort((a, b) => {
    if (a.key === b.key) return 0;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return a.key < b.key === descending ? 1 : -1;
  });
  return keyed.map(({ user }) => user);
}

function sortKey(value: UserRecord[UserField]): string | number | null {
  return value === null || typeof value === 'number' ? value : String(value).toLowerCase();
}
