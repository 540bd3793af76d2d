import { printable } from '../support/printable.ts';

/** A value as the text of one cell. */
function cell(value: unknown): string {
  return value === undefined || value === null ? '-' : printable(String(value), 2000);
}

/**
 * A table with aligned columns below their names.
 * @param none the text when there are no rows
 * @param style colours a cell of a row, by the name of its column
 */
export function table<R>(
  rows: readonly R[],
  columns: Readonly<Record<string, (row: R) => unknown>>,
  none: string,
  style: (text: string, column: string, row: R) => string = (text) => text,
): string {
  if (rows.length === 0) return none;
  const names = Object.keys(columns);
  const lines = [names, ...rows.map((row) => Object.values(columns).map((read) => cell(read(row))))];
  return aligned(lines, (text, line, column) => {
    const row = rows[line - 1];
    return row === undefined ? text : style(text, names[column] ?? '', row);
  });
}

/** One line per field: its name and its value. */
export function pairs(record: object): string {
  return aligned(Object.entries(record).map((entry) => entry.map(cell)));
}

function aligned(
  lines: readonly (readonly string[])[],
  style: (text: string, line: number, column: number) => string = (text) => text,
): string {
  const widths = lines[0]!.map((_, column) => lines.reduce((width, line) => Math.max(width, line[column]!.length), 0));
  return lines
    .map((line, at) =>
      line
        .map((text, column) => style(text, at, column) + ' '.repeat(widths[column]! - text.length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
