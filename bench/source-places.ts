import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The place of a function in a profile of V8. Lines and columns count from 0. */
export interface ProfiledPlace {
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

const maps = new Map<string, SourceMap | null>();

/** Returns the source that a function stands in, such as `../src/fetch/http-transport.ts`, by the source map of its bundle; the URL where it has none. */
export function sourceOf({ url, lineNumber, columnNumber }: ProfiledPlace): string {
  const map = maps.get(url) ?? readMap(url);
  maps.set(url, map);
  const entry = map?.findEntry(lineNumber, columnNumber);
  return entry !== undefined && 'originalSource' in entry ? new URL(entry.originalSource, url).href : url;
}

function readMap(url: string): SourceMap | null {
  if (!url.startsWith('file:')) return null;
  const file = `${fileURLToPath(url)}.map`;
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : null;
}
