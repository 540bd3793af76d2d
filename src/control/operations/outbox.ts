import * as v from 'valibot';
import type { Mail as MailRecord } from '../../model/records.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { parseDuration } from '../../support/duration.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { HTML, PLAIN_TEXT, RawResponse } from '../raw-response.ts';
import type { Mail } from '../results.ts';
import { noInput, strictFields, string } from '../schemas.ts';

/** Below the five minutes after which Node's `fetch` gives up on an answer. */
const MAX_WAIT = 240_000;
const duration = v.pipe(
  v.union([string, v.number()], "must be a duration such as '5s'"),
  v.transform((given) => parseDuration(given) ?? Number.NaN),
  v.check((ms) => ms >= 0 && ms <= MAX_WAIT, "must be a duration of at most four minutes, such as '5s'"),
);
const MailId = strictFields({ id: string });

/** The mails that the service would have sent. */
export const outboxOperations = {
  'outbox.list': defineOperation({
    method: 'GET',
    path: '/outbox',
    summary: 'lists the mails, newest first: those to an address (`to`), waiting up to `wait` until there is one',
    input: strictFields({ to: v.optional(string), wait: v.optional(duration, 0) }),
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

function showMail({ id, type, to, subject, text, html, link, created_at }: MailRecord): Mail {
  return { id, type, to, subject, text, html, link, created_at };
}

/** Waits until a condition holds, a timeout (ms of real time) has passed, or the caller has gone. */
function waitUntil(
  sandbox: Sandbox,
  holds: () => boolean,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (holds() || timeout === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      sandbox.requestListeners.delete(check);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const check = () => {
      if (holds()) done();
    };
    const timer = setTimeout(done, timeout);
    sandbox.requestListeners.add(check);
    signal?.addEventListener('abort', done);
  });
}
