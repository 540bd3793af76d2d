import * as v from 'valibot';
import type { Mail } from '../../model/records.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { parseDuration } from '../../support/clock.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { RawResponse } from '../raw-response.ts';
import { noInput, strictFields, string } from '../schemas.ts';

/** A client's own limit for answers may be five minutes (Node's `fetch`). */
const MAX_WAIT = 240_000;
const span = v.pipe(
  v.union([string, v.number()], "must be a span such as '5s'"),
  v.transform((given) => parseDuration(given) ?? Number.NaN),
  v.check((ms) => ms >= 0 && ms <= MAX_WAIT, "must be a span of at most four minutes, such as '5s'"),
);

/** The mails that the service would have sent. */
export const outboxOperations = [
  defineOperation({
    name: 'outbox.list',
    method: 'GET',
    path: '/outbox',
    summary: 'mails, newest first; `to` chooses an address, `wait` waits until there is one',
    input: strictFields({ to: v.optional(string), wait: v.optional(span, 0) }),
    run: async (sandbox, { to, wait }, _host, signal) => {
      await until(sandbox, () => mailsTo(sandbox, to).length > 0, wait, signal);
      return { items: mailsTo(sandbox, to).map(showMail) };
    },
  }),
  defineOperation({
    name: 'outbox.get',
    method: 'GET',
    path: '/outbox/:id',
    summary: 'one mail; with `.html` or `.txt` behind its id, its text alone',
    input: strictFields({ id: string }),
    run: (sandbox, { id }) => {
      const format = /\.(html|txt)$/.exec(id)?.[1];
      const mail = mailOf(sandbox, format ? id.slice(0, id.lastIndexOf('.')) : id);
      if (format === 'html') return new RawResponse(200, 'text/html; charset=utf-8', mail.html);
      return format === 'txt' ? new RawResponse(200, 'text/plain; charset=utf-8', mail.text) : showMail(mail);
    },
  }),
  defineOperation({
    name: 'outbox.clear',
    method: 'DELETE',
    path: '/outbox',
    summary: 'empties the outbox; the links of its mails end',
    input: noInput,
    run: (sandbox) => {
      const mails = [...sandbox.state.mails.values()];
      for (const { id } of mails) sandbox.state.mails.delete(id);
      return { deleted: mails.length };
    },
  }),
];

/** @throws ControlError 404 */
function mailOf(sandbox: Sandbox, id: string): Mail {
  const mail = sandbox.state.mails.get(id);
  if (!mail) throw new ControlError(404, `there is no mail '${id}'`);
  return mail;
}

function mailsTo(sandbox: Sandbox, to: string | undefined): Mail[] {
  const wanted = to?.toLowerCase();
  return [...sandbox.state.mails.values()]
    .filter((mail) => wanted === undefined || mail.to.toLowerCase() === wanted)
    .reverse();
}

function showMail({ id, type, to, subject, text, html, link, created_at }: Mail) {
  return { id, type, to, subject, text, html, link, created_at };
}

/** Waits until something is true of the sandbox, a time (ms, of the machine) is over, or nobody waits any more. */
function until(sandbox: Sandbox, met: () => boolean, wait: number, signal: AbortSignal | undefined): Promise<void> {
  if (met() || wait === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      sandbox.watchers.delete(look);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const look = () => {
      if (met()) done();
    };
    const timer = setTimeout(done, wait);
    sandbox.watchers.add(look);
    signal?.addEventListener('abort', done);
  });
}
