import type { Mail, MailRecord } from '../model/records.ts';

/** A mail without the secret of its link. */
export function showMail({ id, type, to, subject, text, html, link, created_at }: MailRecord): Mail {
  return { id, type, to, subject, text, html, link, created_at };
}
