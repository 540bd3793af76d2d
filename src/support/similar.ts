import leven from 'leven';

/** The names that a mistyped one is likely to mean, the most similar first. */
export function similar(word: string, names: readonly string[]): string[] {
  const most = Math.min(3, word.length >> 1);
  return names
    .map((name) => ({ name, edits: leven(word.toLowerCase(), name.toLowerCase(), { maxDistance: most + 1 }) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}
