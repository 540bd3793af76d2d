import leven from 'leven';

/** The names that a mistyped one may mean, the most similar first; otherwise those that are words of it: `taken` for `login_taken`. */
export function similar(word: string, names: readonly string[]): string[] {
  const maxEdits = Math.min(3, word.length >> 1);
  const near = names
    .map((name) => ({ name, edits: leven(word.toLowerCase(), name.toLowerCase(), { maxDistance: maxEdits + 1 }) }))
    .filter(({ edits }) => edits <= maxEdits)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
  const words = word.toLowerCase().split(/\W|_/);
  return near.length > 0 ? near : names.filter((name) => words.includes(name.toLowerCase()));
}
