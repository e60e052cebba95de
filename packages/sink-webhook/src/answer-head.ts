import { HttpFault } from './http-fault.js';

/** The status line and the headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Headers by name in small letters; the values of a repeated one are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: BodyLength;
  /**
   * True where the receiver takes another request over this connection, and both sides agree where this answer ends.
   */
  readonly keepsConnection: boolean;
}

/** The end of a body: after a number of bytes, after its last chunk, or at the end of the connection. */
export type BodyLength = number | 'chunked' | 'until-close';

/** Enough for the headers that receivers send: 64 kB, and as much again for the rest. */
const MAX_BYTES = 128 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) +([1-9]\d\d)(?!\d)/i;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const LONE_CR_OR_LF = /(?<!\r)\n|\r(?!\n)/;
const [LF, CR] = [10, 13];

/**
 * Returns the index after the empty line that ends a head, or null while it has not come whole.
 *
 * @param from where the search starts; the bytes before it were searched, except the last three
 * @throws HttpFault once it cannot become an answer
 */
export function endOfHead(bytes: Buffer, from: number): number | null {
  const beginning = bytes.toString('latin1', 0, PROTOCOL.length).toUpperCase();
  if (!PROTOCOL.startsWith(beginning)) throw new HttpFault('HTTP_ANSWER_INVALID');
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const end = bytes[at + 1] === LF ? at + 2 : bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : null;
    if (end !== null && end <= MAX_BYTES) return end;
  }
  if (bytes.length > MAX_BYTES) throw new HttpFault('HTTP_HEAD_TOO_LARGE');
  return null;
}

const PROTOCOL = 'HTTP/1.';

/**
 * Reads a head the way curl does: lines may end without a CR, values may continue in the next line after a blank, and
 * blanks may come before a colon. The connection of a head that needs this is not kept, since a receiver with one fault
 * may have another in its count of bytes.
 *
 * @param bytes up to the end that `endOfHead` found
 * @throws HttpFault for a head that curl does not take either
 */
export function readHead(bytes: Buffer): AnswerHead {
  const text = bytes.toString('latin1');
  const [first = '', ...lines] = text.split(/\r?\n/).slice(0, -2);
  const [, minor, digits] = STATUS_LINE.exec(first) ?? [];
  if (digits === undefined || text.includes('\0')) throw new HttpFault('HTTP_ANSWER_INVALID');
  const status = Number(digits);
  const { headers, isOdd } = readHeaders(lines);
  const { body, isPlain } = bodyLengthOf(status, headers, minor === '1');
  const options = (headers.get('connection') ?? '').toLowerCase().split(/[\s,]+/);
  const isOpen = minor === '1' ? !options.includes('close') : options.includes('keep-alive');
  const isWellFormed = !isOdd && isPlain && !LONE_CR_OR_LF.test(text);
  return { status, headers, body, keepsConnection: isOpen && isWellFormed && body !== 'until-close' };
}

function readHeaders(lines: readonly string[]) {
  const headers = new Map<string, string>();
  let isOdd = false;
  let last: string | null = null;
  for (const line of lines) {
    if (/^[ \t]/.test(line) && last !== null) {
      headers.set(last, `${headers.get(last)} ${line.trim()}`);
      isOdd = true;
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name === '') throw new HttpFault('HTTP_ANSWER_INVALID');
    const before = headers.get(name);
    const value = line.slice(colon + 1).trim();
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
    isOdd ||= name.length !== colon || !TOKEN.test(name);
    last = name;
  }
  return { headers, isOdd };
}

/** Returns the end of the body. `isPlain`: it was given once, and in the form of the grammar. */
function bodyLengthOf(
  status: number,
  headers: AnswerHead['headers'],
  mayBeChunked: boolean,
): { readonly body: BodyLength; readonly isPlain: boolean } {
  if (status < 200 || status === 204 || status === 304) return { body: 0, isPlain: true };
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined) {
    const codings = coding.toLowerCase().split(/\s*,\s*/);
    const isChunked = codings.at(-1) === 'chunked';
    const isPlain = mayBeChunked && length === undefined && codings.indexOf('chunked') === codings.length - 1;
    return { body: isChunked ? 'chunked' : 'until-close', isPlain };
  }
  if (length === undefined) return { body: 'until-close', isPlain: true };
  const [first = '', ...others] = length.split(/\s*,\s*/);
  const isNumber = /^\d{1,15}$/.test(first) && others.every((other) => other === first);
  return { body: isNumber ? Number(first) : 'until-close', isPlain: others.length === 0 };
}
