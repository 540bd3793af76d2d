import { exportUser } from '../fixtures/export.ts';
import type { User as UserRecord } from '../model/records.ts';
import type { User } from './results.ts';

/** A user as the control plane shows it: the fields that it has, and whether it has a password. */
export function showUser(user: UserRecord): User {
  const { password_hash, ...fields } = exportUser(user);
  return { ...fields, id: user.id, has_password: password_hash !== undefined };
}
