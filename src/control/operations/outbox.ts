import * as v from 'valibot';
import type { MailRecord } from '../../model/records.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ControlError } from '../control-error.ts';
import { showMail } from '../mails.ts';
import { defineOperation } from '../operation.ts';
import { HTML, PLAIN_TEXT, RawResponse } from '../raw-response.ts';
import { noInput, strictFields, string } from '../schemas.ts';
import { waitDuration, waitUntil } from '../wait.ts';

const MailId = strictFields({ id: string });

/** The mails that the service would have sent. */
export const outboxOperations = {
  'outbox.list': defineOperation({
    method: 'GET',
    path: '/outbox',
    summary: 'lists the mails, newest first: those to an address (`to`), waiting up to `wait` until there is one',
    input: strictFields({ to: v.optional(string), wait: v.optional(waitDuration, 0) }),
    result: 'MailList',
    run: async (sandbox, { to, wait }, _server, signal) => {
      await waitUntil(sandbox, () => mailsTo(sandbox, to).length > 0, wait, signal);
      return { items: mailsTo(sandbox, to).map(showMail) };
    },
  }),
  'outbox.html': defineOperation({
    method: 'GET',
    path: '/outbox/:id.html',
    summary: "one mail's HTML",
    input: MailId,
    result: HTML,
    run: (sandbox, { id }) => new RawResponse(200, HTML, mailOf(sandbox, id).html),
  }),
  'outbox.text': defineOperation({
    method: 'GET',
    path: '/outbox/:id.txt',
    summary: "one mail's text",
    input: MailId,
    result: PLAIN_TEXT,
    run: (sandbox, { id }) => new RawResponse(200, PLAIN_TEXT, mailOf(sandbox, id).text),
  }),
  'outbox.get': defineOperation({
    method: 'GET',
    path: '/outbox/:id',
    summary: 'one mail',
    input: MailId,
    result: 'Mail',
    run: (sandbox, { id }) => showMail(mailOf(sandbox, id)),
  }),
  'outbox.clear': defineOperation({
    method: 'DELETE',
    path: '/outbox',
    summary: 'deletes all mails; the links in them stop working',
    input: noInput,
    result: 'DeletedResult',
    run: (sandbox) => {
      const mails = [...sandbox.state.mails.values()];
      for (const { id } of mails) sandbox.state.mails.delete(id);
      return { deleted: mails.length };
    },
  }),
};

/** @throws ControlError 404 */
function mailOf(sandbox: Sandbox, id: string): MailRecord {
  const mail = sandbox.state.mails.get(id);
  if (!mail) throw new ControlError(404, `there is no mail '${id}'`);
  return mail;
}

function mailsTo(sandbox: Sandbox, to: string | undefined): MailRecord[] {
  const address = to?.toLowerCase();
  return [...sandbox.state.mails.values()]
    .filter((mail) => address === undefined || mail.to.toLowerCase() === address)
    .reverse();
}
