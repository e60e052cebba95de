/** Returns the index after the quotation mark that ends the JSON text which begins at `start`; -1: there is none. */
export function endOfQuotedText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === '\\') before -= 1;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return -1;
}
