import type { BodyLength } from './answer-head.js';

/** As much of a body as has come. */
export interface PartOfBody {
  readonly content: readonly Buffer[];
  /** The index behind its last byte; null: more is to come. */
  readonly end: number | null;
  /** What came is no chunk, so its end cannot be found. */
  readonly isBroken: boolean;
}

const LF = 10;

/** @param bytes behind the head; more than the body, where more came */
export function readBody(bytes: Buffer, length: BodyLength): PartOfBody {
  if (length === 'chunked') return readChunks(bytes);
  if (length === 'until-close') return { content: [bytes], end: null, isBroken: false };
  return { content: [bytes.subarray(0, length)], end: bytes.length < length ? null : length, isBroken: false };
}

/** Takes lines without a CR, extensions and trailers. */
function readChunks(bytes: Buffer): PartOfBody {
  const content: Buffer[] = [];
  for (let at = 0; ; ) {
    const sizeEnd = bytes.indexOf(LF, at);
    if (sizeEnd < 0) return { content, end: null, isBroken: false };
    const [, digits] = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/is.exec(bytes.toString('latin1', at, sizeEnd)) ?? [];
    if (digits === undefined) return { content, end: null, isBroken: true };
    const size = Number.parseInt(digits, 16);
    if (size === 0) return { content, end: endOfTrailers(bytes, sizeEnd + 1), isBroken: false };
    const dataEnd = sizeEnd + 1 + size;
    content.push(bytes.subarray(sizeEnd + 1, dataEnd));
    const lineEnd = bytes.indexOf(LF, dataEnd);
    if (lineEnd < 0) return { content, end: null, isBroken: false };
    if (lineEnd > dataEnd + 1) return { content, end: null, isBroken: true };
    at = lineEnd + 1;
  }
}

function endOfTrailers(bytes: Buffer, from: number): number | null {
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) return null;
    const line = bytes.toString('latin1', at, lineEnd);
    at = lineEnd + 1;
    if (line === '' || line === '\r') return at;
  }
}
