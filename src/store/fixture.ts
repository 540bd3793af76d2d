import type { Mail, Session, UserField } from '../core/model.ts';

/** What a fixture may say of a user. Times are ISO; fields that are left out are null. */
export type UserInFixture = Partial<Record<Exclude<UserField, 'user_tags'>, string | number | null>> & {
  readonly user_tags?: string | readonly string[] | null | undefined;
  readonly password?: string | null | undefined;
  readonly password_hash?: string | null | undefined;
  readonly guest_until?: number | null | undefined;
};

export interface ApplicationInFixture {
  readonly id: number;
  readonly dialect?: string | undefined;
  readonly auth_key: string;
  readonly auth_secret?: string | null | undefined;
  readonly owner_id?: number | null | undefined;
  readonly next_user_id?: number | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly users?: readonly UserInFixture[] | undefined;
}

/** Times are ms. */
export type SessionInFixture = Omit<Session, 'user_id' | 'nonce'> & {
  readonly user_id?: number | null | undefined;
  readonly nonce?: number | string | null | undefined;
};

interface StateInFixture {
  readonly applications: readonly ApplicationInFixture[];
  readonly sessions?: readonly SessionInFixture[] | undefined;
  readonly outbox?: readonly Mail[] | undefined;
}

/** What a fixture, an export and a data file look like. */
export interface Fixture extends StateInFixture {
  readonly $schema?: string | undefined;
  readonly version?: number | undefined;
  readonly snapshots?: readonly (StateInFixture & { readonly name: string })[] | undefined;
}
