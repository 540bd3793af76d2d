import type { OperationName } from '../api/operation-names.ts';
import type { Output } from '../core/context.ts';
import { ERRORS, type ErrorRow } from '../model/error-catalogue.ts';
import { type ApiError, type Problem, textsOf } from '../model/errors.ts';
import type { Application, Settings, User } from '../model/records.ts';
import type { Dialect, Format, SessionView, UserView } from './dialect.ts';
import type { Document, ErrorDocument } from './formats/document.ts';
import { JSON_TYPE, toJson } from './formats/json.ts';
import { toXml, XML_TYPE } from './formats/xml.ts';
import { presentSession, presentUser, userText } from './present-record.ts';

export interface Body {
  readonly type: string;
  readonly text: string;
}

/** Writes the answers of one format. */
interface Writer {
  readonly type: string;
  readonly answer: (view: AnswerView, output: Exclude<Output, Output<'blank'>>) => string;
  readonly error: (document: ErrorDocument) => string;
}

/** How the records in an answer are shown: their keys, and the owner of the application. */
interface AnswerView {
  readonly user: UserView;
  readonly session: SessionView;
  readonly sessionHasUser: boolean;
  readonly owner_id: number | null;
}

type PresentUser<U> = (view: UserView, user: User, owner_id: number | null) => U;

const WRITERS: Readonly<Record<Format, Writer>> = {
  json: writer(JSON_TYPE, toJson, userText),
  xml: writer(XML_TYPE, toXml, presentUser),
};

function writer<U>(type: string, encode: (document: Document<U>) => string, present: PresentUser<U>): Writer {
  return {
    type,
    answer: (view, output) => encode(documentOf(view, output, present)),
    error: encode,
  };
}

/** The operations to which the setting `null_bodies` applies. */
const NULL_BODIES: ReadonlySet<OperationName> = new Set<OperationName>([
  'users.destroy',
  'users.external.destroy',
  'users.password_reset',
]);

/** The body of an answer. @param format one of the dialect's */
export function present(
  dialect: Dialect,
  format: Format,
  operation: OperationName,
  app: Application,
  settings: Settings,
  output: Output,
): Body {
  const { type, answer } = WRITERS[format];
  if (output.kind === 'blank') {
    const isNull = settings.null_bodies && format === 'json' && NULL_BODIES.has(operation);
    return { type, text: isNull ? 'null' : (dialect.emptyBody[format] ?? '') };
  }
  const { user, userOf, session } = dialect.formats[format]!;
  const view = {
    user: userOf?.[operation] ?? user,
    session,
    sessionHasUser: dialect.sessionHasUser,
    owner_id: app.owner_id ?? dialect.application.owner_id, // sdk: .NET reads a number
  };
  return { type, text: answer(view, output) };
}

function documentOf<U>(
  view: AnswerView,
  output: Exclude<Output, Output<'blank'>>,
  present: PresentUser<U>,
): Document<U> {
  const presented = (user: User) => present(view.user, user, view.owner_id);
  switch (output.kind) {
    case 'user':
      return { user: presented(output.user) };
    case 'page': {
      const items = output.users.map((user) => ({ user: presented(user) }));
      return { current_page: output.page, per_page: output.per_page, total_entries: output.total, items };
    }
    case 'slice': {
      const items = output.users.map(presented);
      return { limit: output.limit, skip: output.skip, total_entries: output.total, items };
    }
    case 'online':
      return { users: output.users.map(presented) };
    case 'count':
      return { count: output.count };
    case 'account_settings':
      return { account_settings: { account_id: view.owner_id, ...output.settings } };
    case 'session': {
      const { session, user } = output;
      const fields = presentSession(view.session, session);
      if (user && view.sessionHasUser) fields.user = presentUser(view.user, user, view.owner_id);
      return { session: fields };
    }
  }
}

/** Status and body of an error, in the dialect's own wording where it has one. Of several problems, the first decides status and shape. */
export function presentError(dialect: Dialect, format: Format, error: ApiError): Body & { status: number } {
  const rows = error.problems.map((problem) => ({ problem, row: dialect.errors[problem.key] ?? ERRORS[problem.key] }));
  const first = rows[0]!;
  const { type, error: write } = WRITERS[format];
  return { status: first.row.status, type, text: write(errorDocument(first, rows)) };
}

interface ProblemRow {
  readonly problem: Problem;
  readonly row: ErrorRow;
}

function errorDocument(first: ProblemRow, rows: readonly ProblemRow[]): ErrorDocument {
  const texts = textsOf(first.row, first.problem);
  if (first.row.shape === 'list') return { errors: texts };
  if (first.row.shape === 'message') return { code: null, message: texts.join() };
  const errors: Record<string, string[]> = {};
  for (const { row, problem } of rows) {
    const field = row.shape === 'field' ? String(problem.params.field) : 'base';
    errors[field] = [...(errors[field] ?? []), ...textsOf(row, problem)];
  }
  return { errors };
}
