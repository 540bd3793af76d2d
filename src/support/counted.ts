/** A number with its noun: `1 user`, `2 users`. @param noun with a plural in -s */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
