import * as v from 'valibot';
import { findResetLink, redeemResetLink } from '../../core/password-reset.ts';
import { passwordProblems } from '../../core/user-input.ts';
import { RESET_PAGE_PATH } from '../../model/addresses.ts';
import { ERRORS } from '../../model/error-catalogue.ts';
import { textsOf } from '../../model/errors.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Html, html } from '../../support/html.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { defineOperation } from '../operation.ts';
import { HTML, RawResponse } from '../raw-response.ts';
import { applicationOf } from './applications.ts';

const text = v.optional(v.string(), '');

const DEAD_LINKS = {
  unknown: [404, 'This link is not known', 'It may have been cut off on the way, or the outbox was emptied since.'],
  used: [410, 'This link was used already', 'Ask for another one to change your password again.'],
  gone: [410, 'This account is gone', 'It was deleted after the mail had been sent.'],
  expired: [410, 'This link has expired', 'Ask for another one to change your password.'],
} as const;

/** The page behind the link in a password reset mail: a form, without a script. */
export const resetPageOperations = {
  'reset_password.page': defineOperation({
    method: 'GET',
    path: RESET_PAGE_PATH,
    summary: 'the page behind the link in a password reset mail',
    public: true,
    input: v.object({ token: text }),
    result: HTML,
    run: (sandbox, { token }, server) => formPage(sandbox, server, token),
  }),
  'reset_password.submit': defineOperation({
    method: 'POST',
    path: RESET_PAGE_PATH,
    summary: 'sets the new password; the link works once',
    public: true,
    input: v.object({ token: text, password: text }),
    result: HTML,
    run: (sandbox, { token, password }, server) => {
      const link = findResetLink(sandbox.state, token, sandbox.clock.now());
      if (typeof link === 'string') return formPage(sandbox, server, token);
      const context = sandbox.contextOf(applicationOf(sandbox, link.mail.application_id, server));
      const [problem] = passwordProblems(password, context);
      if (problem) return formPage(sandbox, server, token, `The password ${textsOf(ERRORS[problem.key], problem)}.`);
      redeemResetLink(context, link, password);
      return page(200, 'Your password was changed', html`<p role="status">You can log in with it now.</p>`);
    },
  }),
};

function formPage(sandbox: Sandbox, server: ControlledServer, token: string, problem = ''): RawResponse {
  const link = findResetLink(sandbox.state, token, sandbox.clock.now());
  if (typeof link === 'string') {
    const [status, title, advice] = DEAD_LINKS[link];
    return page(status, title, html`<p role="alert">${advice}</p>`);
  }
  const { mail } = link;
  const { password_min_length } = sandbox.settingsOf(applicationOf(sandbox, mail.application_id, server));
  const alert = problem && html`<p role="alert">${problem}</p>`;
  const form = html`<p>For <strong>${mail.to}</strong></p>${alert}
<form method="post" action="reset-password">
<input type="hidden" name="token" value="${token}">
<label>New password <input type="password" name="password" required minlength="${password_min_length}" autocomplete="new-password" autofocus></label>
<button>Change my password</button>
</form>`;
  return page(problem ? 422 : 200, 'Choose a new password', form);
}

function page(status: number, title: string, body: Html): RawResponse {
  const document = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}label{display:block}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;margin:.25rem 0 1rem}[role=alert]{color:light-dark(#a40000,#ff9189)}</style>
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`;
  return new RawResponse(status, HTML, String(document));
}
