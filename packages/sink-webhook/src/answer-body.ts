import type { BodyLength } from './answer-head.js';

/** The part of a body that has come. */
export interface PartOfBody {
  readonly content: readonly Buffer[];
  /** The index after its last byte; null: more is to come. */
  readonly end: number | null;
  /** True where the bytes are no chunk, so the end cannot be found. */
  readonly isBroken: boolean;
  /** True where its lines end as the standard demands, so no other reader finds another end. */
  readonly isPlain: boolean;
}

const [LF, CR] = [10, 13];

/** Reads a body. @param bytes after the head; more than the body, where more came */
export function readBody(bytes: Buffer, length: BodyLength): PartOfBody {
  if (length === 'chunked') return readChunks(bytes);
  if (length === 'until-close') return partOf([bytes], null);
  return partOf([bytes.subarray(0, length)], bytes.length < length ? null : length);
}

function partOf(content: readonly Buffer[], end: number | null, isPlain = true): PartOfBody {
  return { content, end, isBroken: false, isPlain };
}

/** Reads chunks. Takes lines without a CR, extensions and trailers. */
function readChunks(bytes: Buffer): PartOfBody {
  const content: Buffer[] = [];
  let isPlain = true;
  for (let at = 0; ; ) {
    const sizeEnd = bytes.indexOf(LF, at);
    if (sizeEnd < 0) return partOf(content, null);
    const [, digits] = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/is.exec(bytes.toString('latin1', at, sizeEnd)) ?? [];
    if (digits === undefined) return { content, end: null, isBroken: true, isPlain: false };
    isPlain &&= bytes[sizeEnd - 1] === CR;
    const size = Number.parseInt(digits, 16);
    if (size === 0) return readTrailers(content, bytes, sizeEnd + 1, isPlain);
    const dataEnd = sizeEnd + 1 + size;
    content.push(bytes.subarray(sizeEnd + 1, dataEnd));
    if (bytes.length <= dataEnd) return partOf(content, null);
    const hasCr = bytes[dataEnd] === CR;
    const lineEnd = hasCr ? dataEnd + 1 : dataEnd;
    if (bytes.length <= lineEnd) return partOf(content, null);
    if (bytes[lineEnd] !== LF) return { content, end: null, isBroken: true, isPlain: false };
    isPlain &&= hasCr;
    at = lineEnd + 1;
  }
}

function readTrailers(content: readonly Buffer[], bytes: Buffer, from: number, areChunksPlain: boolean): PartOfBody {
  let isPlain = areChunksPlain;
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) return partOf(content, null);
    const line = bytes.toString('latin1', at, lineEnd);
    isPlain &&= line.endsWith('\r');
    at = lineEnd + 1;
    if (line === '' || line === '\r') return partOf(content, at, isPlain);
  }
}
