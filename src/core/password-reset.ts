import { fail } from '../model/errors.ts';
import type { Mail, User } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { html } from '../support/html.ts';
import { HEX } from '../support/random.ts';
import { type ApplicationContext, BLANK, type Output, type Params, type SessionContext } from './context.ts';
import { required } from './lookups.ts';
import { changeUser } from './users.ts';

/** guess: a day. */
const LINK_LIFETIME = 86_400_000;

/**
 * GET or POST /users/password/reset: puts a mail with a reset link into the outbox. doc: users/reset-user-password-by-email.
 * guess: the wording of the mail.
 * @throws ApiError `password_reset_disabled`, `param_required`, `user_not_found`
 */
export function resetPassword(context: SessionContext, params: Params): Output<'blank'> {
  const { state, app, users, settings, clock, random } = context;
  if (!settings.reset_password_by_email) fail('password_reset_disabled');
  const email = required(params, 'email');
  const user = users.find('email', email) ?? fail('user_not_found');
  const to = user.email ?? email;
  const token = random.token(HEX, 40);
  const link = context.resetPageUrl(token);
  const name = user.full_name ?? user.login ?? to;
  const mail: Mail = {
    id: `mail-${String(nextNumber(state)).padStart(6, '0')}-${token.slice(0, 6)}`,
    type: 'password_reset',
    to,
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
  context.sendMail(mail);
  return BLANK;
}

/** One more than the highest number so far: mails are listed by id, and an import may bring any. */
function nextNumber({ mails }: State): number {
  let highest = 0;
  for (const { id } of mails.values()) highest = Math.max(highest, Number(/^mail-(\d{1,15})\b/.exec(id)?.[1] ?? 0));
  return highest + 1;
}

/** A reset link that still works. */
export interface ResetLink {
  readonly mail: Mail;
  readonly user: User;
}

/** Why a reset link doesn't work. */
export type DeadLink = 'unknown' | 'used' | 'gone' | 'expired';

/** The reset link with a token, or the reason why it doesn't work. @param now ms */
export function findResetLink(state: State, token: string, now: number): ResetLink | DeadLink {
  const mail = state.mails.find('reset_token', token);
  if (!mail) return 'unknown';
  if (mail.used) return 'used';
  const user = state.users(mail.application_id).get(mail.user_id);
  if (!user) return 'gone';
  return mail.expires_at <= now ? 'expired' : { mail, user };
}

/** Sets the password of a reset link's user. The link can't be used again. @param context of the user's application */
export function redeemResetLink(context: ApplicationContext, { mail, user }: ResetLink, password: string): void {
  context.state.mails.put({ ...mail, used: true });
  changeUser(context, user, { changes: {}, password });
}

function resetHtml(name: string, link: string): string {
  return html`<p>Hello ${name},</p>\n<p>Someone has requested a link to change your password. You can do this through the link below:</p>\n<p><a href="${link}">Change my password</a></p>\n<p>If you didn't request this, please ignore this email. Your password won't change until you access the link above and create a new one.</p>\n`.toString();
}
