/**
 * Cuts the text into lines of at most this number of characters, each after the same indent. Breaks at blanks where it can.
 */
export function wrapText(text: string, columns: number, indent = ''): readonly string[] {
  const width = Math.max(20, columns - indent.length);
  return text.split('\n').flatMap((line) => piecesOf(line, width).map((piece) => indent + piece));
}

function piecesOf(line: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > width / 2 ? blank : width;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^ /, '');
  }
  return [...pieces, rest];
}
