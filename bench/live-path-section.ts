const HEADING = '## The live path';
const NEXT_HEADING = '## A start';

/** Writes the part of docs/performance.md about the live path. */
export function livePathSection(table: string, { rate, seconds }: { readonly rate: number; readonly seconds: number }) {
  return `${HEADING}

${table}

- **${rate} contacts a second** change for ${seconds} s, and \`db_sync --interval 1\` follows. **From the change** counts the wait for the next cycle too; **from
  the answer** begins with the first answer of the API that names the change. Both end with the commit.
- Each cycle reads the events of five minutes again (R3). \`node bench/live-path.ts --write\` measures this table alone.
`;
}

/** Returns the part about the live path; null: the page has none. */
export function livePathOf(page: string): string | null {
  const [, part = null] = page.split(`\n${HEADING}\n`);
  return part && `${HEADING}\n${part.split(`\n${NEXT_HEADING}\n`)[0]?.trimEnd()}\n`;
}

/** Puts the part about the live path into the page, in the place of an earlier one. */
export function withLivePath(page: string, section: string | null): string {
  if (section === null) return page;
  const earlier = livePathOf(page);
  const rest = earlier === null ? page : page.replace(`${earlier}\n`, () => '');
  const [before = '', after] = rest.split(`\n${NEXT_HEADING}\n`);
  const tail = after === undefined ? '' : `\n${NEXT_HEADING}\n${after}`;
  return `${before.trimEnd()}\n\n${section}${tail}`;
}
