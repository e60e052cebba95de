import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** The largest size to which the first bytes of a body may be unpacked. */
const LIMITS = { maxOutputLength: 8 << 20 };
/** Options for a body that is cut off. */
const CUT = { ...LIMITS, finishFlush: constants.Z_SYNC_FLUSH };

const UNPACKERS: Readonly<Record<string, readonly ((bytes: Buffer) => Buffer)[]>> = {
  gzip: [(bytes) => gunzipSync(bytes, CUT)],
  'x-gzip': [(bytes) => gunzipSync(bytes, CUT)],
  /** Some servers leave out the header of the format that the standard demands. */
  deflate: [(bytes) => inflateSync(bytes, CUT), (bytes) => inflateRawSync(bytes, CUT)],
  br: [(bytes) => brotliDecompressSync(bytes, { ...LIMITS, finishFlush: constants.BROTLI_OPERATION_FLUSH })],
};

/** Returns the beginning of a body, unpacked by its `content-encoding`; unchanged where that cannot be done. */
export function unpack(bytes: Buffer, encoding: string | undefined): Buffer {
  const name = encoding?.trim().toLowerCase() ?? '';
  for (const attempt of (Object.hasOwn(UNPACKERS, name) && UNPACKERS[name]) || []) {
    try {
      return attempt(bytes);
    } catch {
      // Another unpacker may succeed, or the body is not packed: then its bytes are kept.
    }
  }
  return bytes;
}
