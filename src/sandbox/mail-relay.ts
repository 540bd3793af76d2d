import type { Mail } from '../model/records.ts';
import { messageOf } from '../support/errors.ts';
import { printable } from '../support/printable.ts';

/** Sends a mail to a real mail server in the background. */
export type MailRelay = (mail: Mail) => void;

const SENDER = 'users-emulator <no-reply@users-emulator.example>';
/** How long (ms) the mail server may take for each step. */
const TIMEOUT = 10_000;

/**
 * Creates the relay of `--smtp`. It loads the mail library with the first mail. No request waits for a mail, and none is sent twice.
 * @param url `smtp://127.0.0.1:1025`; the parameters of its query are nodemailer's
 * @param warn called once for each mail that could not be sent
 */
export function createMailRelay(url: string, warn: (text: string) => void): MailRelay {
  const { protocol, host } = new URL(url);
  const send = async ({ id, to, subject, text, html, created_at }: Mail) => {
    try {
      const { createTransport } = await import('nodemailer');
      const timeouts = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
      await createTransport({ url, ...timeouts }).sendMail({
        from: SENDER,
        to: { name: '', address: to },
        subject,
        text,
        html,
        date: created_at,
        messageId: `<${id}@users-emulator.example>`,
      });
    } catch (error) {
      warn(`${id} to ${printable(to)} was not sent on to ${protocol}//${host}: ${messageOf(error)}`);
    }
  };
  return (mail) => void setImmediate(send, mail);
}
