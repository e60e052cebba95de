import type { Cell } from '@dbsync/sql';

const CHUNK_CHARACTERS = 64 * 1024;
const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPED = new RegExp(NEEDS_ESCAPE, 'g');
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Encodes these cells of the rows in the text format of COPY, piece by piece on demand. Texts have no NUL and no half
 * of a surrogate pair. Appending cell by cell takes half the time of joining the cells of a row.
 */
export function* copyText(
  rows: Iterable<readonly Cell[]>,
  cells: readonly number[],
): Generator<Buffer, void, undefined> {
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const index of cells) {
      text += separator;
      text += copyCell(row[index] ?? null);
      separator = '\t';
    }
    text += '\n';
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  return NEEDS_ESCAPE.test(cell) ? cell.replace(ESCAPED, (character) => ESCAPES[character] ?? character) : cell;
}
