import { ApiError, type Problem } from '../api/errors.ts';
import type { Collection } from '../store/collection.ts';
import { USER_FIELD_NAMES, USER_FIELDS, type User } from './model.ts';

const UNIQUE = USER_FIELD_NAMES.filter((field) => USER_FIELDS[field].unique);

/**
 * Checks that no other user of the application has one of these values.
 * doc (legacy page): "Login, email, facebook ID, twitter ID and the external user ID should not be taken previously".
 * @throws ApiError `taken`, once for each field
 */
export function checkUnique(users: Collection<number, User>, values: Partial<User>, self?: number): void {
  const problems: Problem[] = [];
  for (const field of UNIQUE) {
    const value = values[field];
    if (value === null || value === undefined) continue;
    const fold = USER_FIELDS[field].fold;
    const holder = users.find(field, fold ? fold(value as string) : (value as string | number));
    if (holder && holder.id !== self) problems.push({ key: 'taken', params: { field } });
  }
  if (problems.length > 0) throw new ApiError(problems);
}
