import { printable } from '../support/printable.ts';

/** A value as the text of one cell. */
function cell(value: unknown): string {
  return value === undefined || value === null ? '-' : printable(String(value), 2000);
}

/** A table with aligned columns below their names. @param none the text when there are no rows */
export function table<R>(
  rows: readonly R[],
  columns: Readonly<Record<string, (row: R) => unknown>>,
  none: string,
): string {
  if (rows.length === 0) return none;
  const lines = [Object.keys(columns), ...rows.map((row) => Object.values(columns).map((read) => cell(read(row))))];
  return aligned(lines);
}

/** One line per field: its name and its value. */
export function pairs(record: object): string {
  return aligned(Object.entries(record).map((entry) => entry.map(cell)));
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => lines.reduce((width, line) => Math.max(width, line[column]!.length), 0));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
