/** Returns the number with its noun, as in `1 contact` and `2 contacts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
