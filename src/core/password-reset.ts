import { CONTROL_PATH, RESET_PAGE_PATH } from '../model/addresses.ts';
import { fail } from '../model/errors.ts';
import { hashPassword } from '../model/passwords.ts';
import type { Mail } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { html } from '../support/html.ts';
import { HEX, type Random } from '../support/random.ts';
import { BLANK, type Context, type Output, type Params } from './context.ts';
import { required } from './lookups.ts';

const LINK_LIFETIME = 86_400_000;

/**
 * GET or POST /users/password/reset. doc: a reset link is sent to the address (here: to the outbox); the wording of the mail
 * and the link's lifetime of a day are guesses.
 */
export function resetPassword(context: Context, params: Params): Output {
  const { state, app, users, settings, clock, random, baseUrl, sendMail } = context;
  if (!settings.reset_password_by_email) fail('password_reset_disabled');
  const email = required(params, 'email');
  const user = users.find('email', email) ?? fail('user_not_found');
  const token = random.token(HEX, 40);
  const link = `${baseUrl}${CONTROL_PATH}${RESET_PAGE_PATH}?token=${token}`;
  const name = user.full_name ?? user.login ?? user.email!;
  const mail: Mail = {
    id: `mail-${String(nextNumber(state)).padStart(6, '0')}-${token.slice(0, 6)}`,
    type: 'password_reset',
    to: user.email!,
    subject: 'Reset password instructions',
    text: `Hello ${name},\n\nSomeone has requested a link to change your password. You can do this through the link below:\n\n${link}\n\nIf you didn't request this, please ignore this email. Your password won't change until you access the link above and create a new one.\n`,
    html: resetHtml(name, link),
    link,
    created_at: clock.iso(),
    application_id: app.id,
    user_id: user.id,
    reset_token: token,
    used: false,
    expires_at: clock.now() + LINK_LIFETIME,
  };
  sendMail(mail);
  return BLANK;
}

/** After the highest there is: mails are listed by their ids, and an import may bring any. */
function nextNumber({ mails }: State): number {
  let highest = 0;
  for (const { id } of mails.values()) highest = Math.max(highest, Number(/^mail-(\d{1,15})\b/.exec(id)?.[1] ?? 0));
  return highest + 1;
}

/** A link's mail; or why the link leads nowhere. @param now ms */
export function findResetLink(
  state: State,
  token: string,
  now: number,
): Mail | 'unknown' | 'used' | 'gone' | 'expired' {
  const mail = state.mails.find('reset_token', token);
  if (!mail) return 'unknown';
  if (mail.used) return 'used';
  if (!state.users(mail.application_id).get(mail.user_id)) return 'gone';
  return mail.expires_at <= now ? 'expired' : mail;
}

/** Sets the password of a link's user; the link is used up. @param now the current time as users have it */
export function redeemResetLink(state: State, mail: Mail, password: string, ids: Random, now: string): void {
  const users = state.users(mail.application_id);
  const user = users.get(mail.user_id)!;
  state.mails.put({ ...mail, used: true });
  users.put({ ...user, password_hash: hashPassword(password, ids), updated_at: now });
}

function resetHtml(name: string, link: string): string {
  return html`<p>Hello ${name},</p>\n<p>Someone has requested a link to change your password. You can do this through the link below:</p>\n<p><a href="${link}">Change my password</a></p>\n<p>If you didn't request this, please ignore this email. Your password won't change until you access the link above and create a new one.</p>\n`.toString();
}
