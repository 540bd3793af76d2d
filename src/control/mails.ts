import type { Mail as MailRecord } from '../model/records.ts';
import type { Mail } from './results.ts';

/** A mail as it is shown: without its reset token. */
export function showMail({ id, type, to, subject, text, html, link, created_at }: MailRecord): Mail {
  return { id, type, to, subject, text, html, link, created_at };
}
