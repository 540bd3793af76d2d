import { ApiError, type Problem } from '../model/errors.ts';
import type { User } from '../model/records.ts';
import type { ApplicationContext } from './context.ts';

/**
 * Checks that no other user of the application has one of these values.
 * doc: legacy-users/user-sign-up, "Login, email, facebook ID, twitter ID and the external user ID should not be taken previously".
 * @param self the id of the user who gets the values, and may have them already
 * @throws ApiError `taken`, once for each field
 */
export function checkUnique(context: ApplicationContext, values: Partial<User>, self?: number): void {
  const { users, rules, settings } = context;
  const problems: Problem[] = [];
  for (const field of settings.unique_phone ? [...rules.uniqueFields, 'phone' as const] : rules.uniqueFields) {
    const value = values[field];
    // tags are never unique
    if (value === null || value === undefined || typeof value === 'object') continue;
    const holder = users.find(field, value);
    if (holder && holder.id !== self) problems.push({ key: 'taken', params: { field } });
  }
  if (problems.length > 0) throw new ApiError(problems);
}
