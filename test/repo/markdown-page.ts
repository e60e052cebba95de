const FENCE = /^( *)```[^\n]*\n[\s\S]*?^\1```$/gm;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"]+)"/g;

/** Returns the fenced blocks of code, with their fences and their indentation. */
export function fencedBlocks(text: string): readonly string[] {
  return text.match(FENCE) ?? [];
}

/** Returns the page with a text in the place of each fenced block of code. */
export function withoutFences(text: string, instead = ''): string {
  return text.replace(FENCE, instead);
}

/** Returns the targets of links and pictures, as written. */
export function linkTargets(text: string): readonly string[] {
  return Array.from(withoutFences(text).matchAll(LINK), ([, link, picture]) => link ?? picture ?? '');
}

/** Returns the anchor of each heading, in order. As on GitHub, letters of every alphabet stay. */
export function headingAnchors(text: string): readonly string[] {
  return Array.from(withoutFences(text).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}
