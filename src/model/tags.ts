import { asList, scalarText } from '../support/values.ts';

/**
 * Tags from what clients send: `a,b`, a list, or a list of such texts (sdk: `tags[]=a%2Cb`). Blanks around a tag and repeats
 * are dropped.
 */
export function readTags(given: unknown): string[] {
  const texts = asList(given) ?? [given];
  const tags = texts.flatMap((each) => (scalarText(each) ?? '').split(',')).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}
