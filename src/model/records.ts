/** A user as the store has it. Records are immutable: a change is a new record. */
export interface User {
  readonly id: number;
  readonly login: string | null;
  readonly email: string | null;
  readonly full_name: string | null;
  readonly phone: string | null;
  readonly website: string | null;
  readonly custom_data: string | null;
  readonly avatar: string | null;
  readonly blob_id: number | null;
  readonly external_user_id: number | null;
  readonly external_id: string | null;
  readonly facebook_id: string | null;
  readonly twitter_id: string | null;
  readonly timezone: number | null;
  readonly user_tags: readonly string[] | null;
  /** `YYYY-MM-DDThh:mm:ssZ`: comparing these texts compares their times. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_request_at: string | null;
  readonly password_hash: string | null;
  /** Guests only: the time (ms) at which they expire. */
  readonly guest_until: number | null;
}

export type UserField = Exclude<keyof User, 'password_hash' | 'guest_until'>;

/** A session, by its `token`. Times are ms; `ts` is the client's timestamp in seconds. */
export interface Session {
  readonly token: string;
  readonly id: number;
  readonly application_id: number;
  readonly user_id: number | null;
  readonly nonce: number | string | null;
  readonly ts: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
}

/** An application: its credentials, and the settings that differ from its dialect's defaults. */
export interface Application {
  readonly id: number;
  readonly dialect: string;
  readonly auth_key: string;
  readonly auth_secret: string | null;
  /** The account that owns the application; answers show it as `owner_id` of users, where the dialect has that key. */
  readonly owner_id: number | null;
  readonly next_user_id: number;
  readonly settings: Readonly<Partial<Settings>>;
}

/** The admin settings of an application; `SETTINGS` describes them. */
export interface Settings {
  disable_list_users_v1: boolean;
  allow_list_users: boolean;
  allow_online_users: boolean;
  create_user_on_session: boolean;
  reset_password_by_email: boolean;
  password_min_length: number;
  session_ttl: number;
  require_signature: boolean;
  check_nonce: boolean;
  disable_lookups_v1: boolean;
  check_blob_id: boolean;
  unique_phone: boolean;
  null_bodies: boolean;
  providers: string;
  account_owner: string;
  api_key: string;
  rate_limit: string;
}

/** A mail that the service would have sent, as the outbox shows it. */
export interface Mail {
  readonly id: string;
  readonly type: 'password_reset';
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The address of the page that sets a new password. */
  readonly link: string;
  /** ISO time of the sandbox's clock. */
  readonly created_at: string;
}

/** A mail as the store has it, with what its link needs. */
export interface MailRecord extends Mail {
  readonly application_id: number;
  readonly user_id: number;
  /** The secret in the link. */
  readonly reset_token: string;
  /** The link has set a password, and no longer works. */
  readonly used: boolean;
  /** The time (ms) until which the link works. */
  readonly expires_at: number;
}
