/** A value as the text of one cell, without control characters: they could break the line or control the terminal. */
function cell(value: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
  return value === undefined || value === null ? '-' : String(value).replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
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
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
