import type { OperationName } from '../api/endpoints.ts';
import type { Output } from '../core/context.ts';
import { ERRORS, type ErrorRow } from '../model/error-catalogue.ts';
import { type ApiError, type Problem, textsOf } from '../model/errors.ts';
import type { Application, Session, User } from '../model/records.ts';
import type { Dialect, Format, UserView } from './dialect.ts';
import { JSON_TYPE, toJson } from './formats/json.ts';
import { toXml, XML_TYPE } from './formats/xml.ts';

export interface Body {
  readonly type: string;
  readonly text: string;
}

const ENCODERS: Readonly<Record<Format, { readonly type: string; readonly encode: (value: unknown) => string }>> = {
  json: { type: JSON_TYPE, encode: toJson },
  xml: { type: XML_TYPE, encode: toXml },
};

/** The body of an answer, in a dialect and a format that it has. */
export function present(
  dialect: Dialect,
  format: Format,
  operation: OperationName,
  app: Application,
  output: Output,
): Body {
  const { type, encode } = ENCODERS[format];
  if (output.kind === 'blank') return { type, text: dialect.emptyBody(operation, format) };
  return { type, text: encode(read(dialect, format, operation, app, output)) };
}

function read(
  dialect: Dialect,
  format: Format,
  operation: OperationName,
  app: Application,
  output: Exclude<Output, { kind: 'blank' }>,
) {
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
    case 'session': {
      const session = record(formatView.session, (read) => read(output.session as Session));
      if (output.user && dialect.sessionHasUser) session.user = presentUser(view, output.user, app);
      return { session };
    }
  }
}

function presentUser(view: UserView, user: User, app: Application): Record<string, unknown> {
  return record(view, (read) => read(user, app));
}

function record<F>(view: readonly (readonly [string, F])[], read: (from: F) => unknown): Record<string, unknown> {
  const presented: Record<string, unknown> = {};
  for (const [name, from] of view) presented[name] = read(from);
  return presented;
}

/** Status and body of an error, in the dialect's own words where it has some. */
export function presentError(dialect: Dialect, format: Format, error: ApiError): Body & { status: number } {
  const rows = error.problems.map((problem) => ({
    problem,
    row: dialect.errors[problem.key] ?? (ERRORS[problem.key] as ErrorRow),
  }));
  const { type, encode } = ENCODERS[format];
  return { status: rows[0]!.row.status, type, text: encode(errorValue(rows)) };
}

function errorValue(rows: readonly { problem: Problem; row: ErrorRow }[]): unknown {
  const first = rows[0]!;
  if (first.row.shape === 'list') return { errors: textsOf(first.row, first.problem) };
  if (first.row.shape === 'message') return { code: null, message: textsOf(first.row, first.problem)[0] };
  const errors: Record<string, string[]> = {};
  for (const { row, problem } of rows) {
    const field = row.shape === 'field' ? String(problem.params.field) : 'base';
    errors[field] = [...(errors[field] ?? []), ...textsOf(row, problem)];
  }
  return { errors };
}
