import type { Cell } from '@dbsync/sql';

const CHUNK_CHARACTERS = 64 * 1024;
const ESCAPED = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Those cells of the rows in the text format of COPY, encoded piece by piece as they are asked for. Texts have no NUL and
 * no half of a surrogate pair.
 */
export function* copyText(
  rows: readonly (readonly Cell[])[],
  cells: readonly number[],
): Generator<Buffer, void, undefined> {
  let text = '';
  for (const row of rows) {
    text += `${cells.map((index) => copyCell(row[index] ?? null)).join('\t')}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return cell.replace(ESCAPED, (character) => ESCAPES[character] ?? character);
  return String(cell);
}
