import type { Mail as MailRecord } from '../model/records.ts';

/** A mail that the service would have sent. */
export interface Mail {
  readonly id: string;
  readonly type: 'password_reset';
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The address of the page that sets a new password. */
  readonly link: string;
  /** ISO time of the sandbox' clock. */
  readonly created_at: string;
}

/** A mail as it is shown: without its reset token. */
export function showMail({ id, type, to, subject, text, html, link, created_at }: MailRecord): Mail {
  return { id, type, to, subject, text, html, link, created_at };
}
