import type { Cell } from '@dbsync/sql';

const CHUNK_CHARACTERS = 64 * 1024;
const ESCAPED = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Rows in the text format of COPY, encoded piece by piece as they are asked for. Cells have no NUL and no lone surrogate. */
export function* copyText(rows: readonly (readonly Cell[])[]): Generator<Buffer, void, undefined> {
  let text = '';
  for (const row of rows) {
    text += `${row.map(copyCell).join('\t')}\n`;
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
