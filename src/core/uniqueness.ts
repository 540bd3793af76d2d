import { ApiError, type Problem } from '../model/errors.ts';
import { UNIQUE_FIELDS } from '../model/fields.ts';
import type { User } from '../model/records.ts';
import type { Collection } from '../store/collection.ts';

/**
 * Checks that no other user of the application has one of these values.
 * doc (legacy page): "Login, email, facebook ID, twitter ID and the external user ID should not be taken previously".
 * @throws ApiError `taken`, once for each field
 */
export function checkUnique(users: Collection<number, User>, values: Partial<User>, self?: number): void {
  const problems: Problem[] = [];
  for (const field of UNIQUE_FIELDS) {
    const value = values[field];
    if (value === null || value === undefined) continue;
    const holder = users.find(field, value as string | number);
    if (holder && holder.id !== self) problems.push({ key: 'taken', params: { field } });
  }
  if (problems.length > 0) throw new ApiError(problems);
}
