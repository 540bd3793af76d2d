import type { OperationName } from '../api/endpoints.ts';
import type { Output } from '../core/context.ts';
import { ERRORS, type ErrorRow } from '../model/error-catalogue.ts';
import { type ApiError, type Problem, textsOf } from '../model/errors.ts';
import type { Application, Settings, User } from '../model/records.ts';
import type { Dialect, Format, UserView } from './dialect.ts';
import type { Document, ErrorDocument, Fields } from './formats/document.ts';
import { JSON_TYPE, toJson } from './formats/json.ts';
import { toXml, XML_TYPE } from './formats/xml.ts';

export interface Body {
  readonly type: string;
  readonly text: string;
}

const ENCODERS: Readonly<Record<Format, { readonly type: string; readonly encode: (document: Document) => string }>> = {
  json: { type: JSON_TYPE, encode: toJson },
  xml: { type: XML_TYPE, encode: toXml },
};

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
  const { type, encode } = ENCODERS[format];
  if (output.kind === 'blank') {
    const isNull = settings.null_bodies && format === 'json' && NULL_BODIES.has(operation);
    return { type, text: isNull ? 'null' : (dialect.emptyBody[format] ?? '') };
  }
  return { type, text: encode(documentOf(dialect, format, operation, app, output)) };
}

function documentOf(
  dialect: Dialect,
  format: Format,
  operation: OperationName,
  app: Application,
  output: Exclude<Output, Output<'blank'>>,
): Document {
  const formatView = dialect.formats[format]!;
  const view = formatView.userOf?.[operation] ?? formatView.user;
  switch (output.kind) {
    case 'user':
      return { user: presentUser(view, output.user, app) };
    case 'page': {
      const items = output.users.map((user) => ({ user: presentUser(view, user, app) }));
      return { current_page: output.page, per_page: output.per_page, total_entries: output.total, items };
    }
    case 'slice': {
      const items = output.users.map((user) => presentUser(view, user, app));
      return { limit: output.limit, skip: output.skip, total_entries: output.total, items };
    }
    case 'online':
      return { users: output.users.map((user) => presentUser(view, user, app)) };
    case 'count':
      return { count: output.count };
    case 'account_settings':
      return { account_settings: output.settings };
    case 'session': {
      const { session, user } = output;
      const fields = presentRecord(formatView.session, (read) => read(session));
      if (user && dialect.sessionHasUser) fields.user = presentUser(view, user, app);
      return { session: fields };
    }
  }
}

function presentUser(view: UserView, user: User, app: Application): Fields {
  return presentRecord(view, (read) => read(user, app));
}

/** A record by its view, whose readers `call` applies to it. */
function presentRecord<R>(
  view: readonly (readonly [string, R])[],
  call: (read: R) => unknown,
): Record<string, unknown> {
  const presented: Record<string, unknown> = {};
  for (const [name, read] of view) presented[name] = call(read);
  return presented;
}

/** Status and body of an error, in the dialect's own wording where it has one. Of several problems, the first decides status and shape. */
export function presentError(dialect: Dialect, format: Format, error: ApiError): Body & { status: number } {
  const rows = error.problems.map((problem) => ({ problem, row: dialect.errors[problem.key] ?? ERRORS[problem.key] }));
  const first = rows[0]!;
  const { type, encode } = ENCODERS[format];
  return { status: first.row.status, type, text: encode(errorDocument(first, rows)) };
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
