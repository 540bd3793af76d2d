/** The names that a mistyped one is likely to mean, the most similar first. */
export function similar(word: string, names: readonly string[]): string[] {
  const far = Math.min(3, word.length >> 1);
  return names
    .filter((name) => Math.abs(name.length - word.length) <= far)
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= far)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}

/** How many letters have to be changed, put in or taken out (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let end = 1; end <= to.length; end++)
      next[end] = Math.min(row[end]! + 1, next[end - 1]! + 1, row[end - 1]! + (letter === to[end - 1] ? 0 : 1));
    row = next;
  }
  return row[to.length]!;
}
