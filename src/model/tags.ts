import { asList, scalarText } from '../support/values.ts';

/**
 * Reads tags as clients send them: `a,b`, a list, or a list of such texts (sdk: JS sends `tags[]=a%2Cb`). Drops blanks around a
 * tag, and repeats.
 */
export function readTags(given: unknown): string[] {
  const texts = asList(given) ?? [given];
  const tags = texts.flatMap((each) => (scalarText(each) ?? '').split(',')).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}
