import { fail } from '../model/errors.ts';
import type { MailRecord, User } from '../model/records.ts';
import type { State } from '../store/state.ts';
import { html } from '../support/html.ts';
import { HEX } from '../support/random.ts';
import { type ApplicationContext, BLANK, type CallerContext, type Output, type Params } from './context.ts';
import { required } from './lookups.ts';
import { changeUser } from './users.ts';

/** guess: a day. */
const LINK_LIFETIME = 86_400_000;

/**
 * GET or POST /users/password/reset: puts a mail with a reset link into the outbox. doc: users/reset-user-password-by-email.
 * @throws ApiError `password_reset_disabled`, `param_required`, `user_not_found`
 */
export function resetPassword(context: CallerContext, params: Params): Output<'blank'> {
  const { state, app, users, settings, rules, clock, random } = context;
  if (!settings.reset_password_by_email) fail('password_reset_disabled');
  const email = required(params, 'email');
  const user = users.find('email', email) ?? fail('user_not_found');
  const to = user.email ?? email;
  const token = random.token(HEX, rules.resetMail.tokenLength);
  const link = context.resetPageUrl(token);
  const name = user.full_name ?? user.login ?? to;
  const { linkText = link } = rules.resetMail;
  // a function: a name may have `$&` in it
  const paragraphs = rules.resetMail.paragraphs.map((each) => each.replace('{name}', () => name));
  const mail: MailRecord = {
    id: `mail-${String(nextNumber(state)).padStart(6, '0')}-${token.slice(0, 6)}`,
    type: 'password_reset',
    to,
    subject: rules.resetMail.subject,
    text: `${paragraphs.map((each) => (each === '{link}' ? link : each)).join('\n\n')}\n`,
    html: paragraphs.map((each) => paragraphHtml(each, link, linkText)).join(''),
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
  readonly mail: MailRecord;
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

/**
 * Sets the password of a reset link's user. doc: users/reset-user-password-by-email, a user has one token: using a link ends the
 * others.
 * @param context of the user's application
 */
export function redeemResetLink(context: ApplicationContext, { mail, user }: ResetLink, password: string): void {
  const { mails } = context.state;
  for (const each of [...mails.values()])
    if (each.user_id === mail.user_id && each.application_id === mail.application_id && !each.used)
      mails.put({ ...each, used: true });
  changeUser(context, user, { changes: {}, password });
}

function paragraphHtml(text: string, link: string, linkText: string): string {
  return html`<p>${text === '{link}' ? html`<a href="${link}">${linkText}</a>` : text}</p>\n`.toString();
}
