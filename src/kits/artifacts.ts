import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RemoteEmulator } from '../index.ts';
import { makeFolder } from '../persistence/make-folder.ts';
import { printable } from '../support/printable.ts';
import { isObject } from '../support/values.ts';

/** A file that helps to explain why a test failed. */
export interface Artifact {
  readonly name: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * What happened in the sandbox of a failed test: its requests with their answers (HAR), mails, warnings, and the evidence of what
 * the answers rest on.
 * @returns nothing for a sandbox that had no requests
 */
export async function artifactsOf(emulator: RemoteEmulator): Promise<Artifact[]> {
  const [har, mails, warnings, evidence] = await Promise.all([
    emulator.requests.har(),
    emulator.outbox.list(),
    emulator.warnings(),
    emulator.evidence(),
  ]);
  return [
    ...(har.log.entries.length > 0 ? [artifact('requests.har', har)] : []),
    ...(mails.length > 0 ? [artifact('mails.json', mails)] : []),
    ...(warnings.length > 0 ? [artifact('warnings.json', warnings)] : []),
    ...(evidence.items.length > 0 ? [artifact('evidence.json', evidence)] : []),
  ];
}

function artifact(name: string, content: object): Artifact {
  return { name, contentType: 'application/json', body: JSON.stringify(content, undefined, 2) };
}

/**
 * The requests, mails and warnings of a failed test, one per line, under a heading: for runners without attachments.
 * @param title of the test
 */
export async function summaryOf(title: string, emulator: RemoteEmulator): Promise<string[]> {
  const [requests, mails, warnings] = await Promise.all([
    emulator.requests.list(),
    emulator.outbox.list(),
    emulator.warnings(),
  ]);
  const lines = [
    ...requests.map(({ method, path, status, errors, response }) =>
      [method, path, status || 'dropped', messagesIn(response?.body).join(', ') || errors.join(' ')]
        .join(' ')
        .trimEnd(),
    ),
    ...mails.map(({ type, to }) => `mail ${type} to ${to}`),
    ...warnings.map(({ message }) => `warning: ${message}`),
  ];
  const heading = `users-emulator: ${title}${lines.length > 0 ? '' : ': no requests'}`;
  return [heading, ...lines.map((line) => `  ${line}`)].map((line) => printable(line));
}

/** The messages in a JSON answer, each with its field: `login must be unique`. */
function messagesIn(body: unknown): string[] {
  if (!isObject(body) || !isObject(body.errors)) return [];
  return Object.entries(body.errors).flatMap(([field, texts]) =>
    [texts]
      .flat()
      .filter((text) => typeof text === 'string')
      .map((text) => (field === 'base' ? text : `${field} ${text}`)),
  );
}

/** Writes artifacts into a folder, which is created. @returns the folder */
export function writeArtifacts(folder: string, artifacts: readonly Artifact[]): string {
  makeFolder(folder);
  for (const { name, body } of artifacts) writeFileSync(join(folder, name), `${body}\n`);
  return folder;
}
