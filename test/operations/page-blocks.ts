/** A command of the page, with the output below it. */
export interface PageBlock {
  readonly command: string;
  readonly output: string;
}

/** Matches a block ` ```console `: a line with `$ `, then the output. */
const BLOCK = /^```console\n\$ (.+)\n([^`]*?)```$/gm;

/** Returns the blocks of a page by the heading that they stand under. */
export function pageBlocks(page: string): ReadonlyMap<string, readonly PageBlock[]> {
  const blocks = page.split(/^(?=## )/m).map((part) => {
    const heading = /^## (.+)$/m.exec(part)?.[1] ?? '';
    return [heading, [...part.matchAll(BLOCK)].map(([, command = '', output = '']) => ({ command, output }))] as const;
  });
  return new Map(blocks.filter(([, ofHeading]) => ofHeading.length > 0));
}

/** Returns the page with these blocks in the place of its own, in their order. */
export function withBlocks(page: string, blocks: readonly PageBlock[]): string {
  let index = 0;
  return page.replaceAll(BLOCK, (before) => {
    const block = blocks[index++];
    if (block === undefined) return before;
    const lines = [`$ ${block.command}`, ...(block.output === '' ? [] : [block.output.trimEnd()])];
    return ['```console', ...lines, '```'].join('\n');
  });
}
