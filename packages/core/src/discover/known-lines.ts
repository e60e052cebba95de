/**
 * The event lines whose contacts are committed (R5). A line is known only when a body requested after the line was read
 * has been committed, so lines are remembered after the commit, never before. To forget is harmless: the contact is
 * fetched once more. Never compared with anything but whole lines.
 */
export interface KnownLines {
  has(line: string): boolean;
  remember(lines: Iterable<string>): void;
}

/** Two generations of at most `capacity` lines: the older one is dropped when the newer one is full. */
export function createKnownLines(capacity = 50_000): KnownLines {
  let newer = new Set<string>();
  let older = new Set<string>();
  return {
    has: (line) => newer.has(line) || older.has(line),
    remember(lines) {
      for (const line of lines) {
        newer.add(line);
        if (newer.size < capacity) continue;
        older = newer;
        newer = new Set();
      }
    },
  };
}
