import { validateHeaderName, validateHeaderValue } from 'node:http';
import { fatal } from './webhook-error.js';

/** Matches headers that the delivery itself or the connection sets. */
const TAKEN =
  /^(?:host|content-type|content-length|transfer-encoding|connection|keep-alive|proxy-connection|te|trailer|upgrade|expect|http2-settings|webhook-(?:id|timestamp|signature|replay))$/;

/**
 * Reads `NAME: VALUE` lines; names in small letters.
 *
 * @param where their source, for messages
 * @throws a fatal SinkError that names the header, never its value
 */
export function readHeaders(lines: string, where = 'option header'): Readonly<Record<string, string>> {
  const invalid = (why: string) => fatal('WEBHOOK_OPTION_INVALID', `The ${where} cannot be used: ${why}.`);
  const headers = new Map<string, string>();
  for (const line of lines.split(/\r?\n/).filter((text) => text.trim() !== '')) {
    const [name, value] = readHeader(line, invalid);
    if (TAKEN.test(name)) throw invalid(`${name} is set by dbsync itself`);
    if (headers.has(name)) throw invalid(`${name} is given twice`);
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

function readHeader(line: string, invalid: (why: string) => Error): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) throw invalid('a header is given as NAME: VALUE, and one has no colon');
  const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  try {
    validateHeaderName(name);
  } catch {
    // Node's message repeats the text, which may be a value without its name.
    throw invalid('the text before the colon of a header is no name');
  }
  try {
    validateHeaderValue(name, value);
  } catch {
    // Node's message is not shown here either: the value may be a secret.
    throw invalid(`the value of ${name} has characters that no header can have`);
  }
  return [name, value];
}
