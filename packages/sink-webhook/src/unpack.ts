import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** The most that the first bytes of a body may become. */
const LIMITS = { maxOutputLength: 8 << 20 };
/** Takes a body that is cut off. */
const CUT = { ...LIMITS, finishFlush: constants.Z_SYNC_FLUSH };

const UNPACKERS: Readonly<Record<string, readonly ((bytes: Buffer) => Buffer)[]>> = {
  gzip: [(bytes) => gunzipSync(bytes, CUT)],
  'x-gzip': [(bytes) => gunzipSync(bytes, CUT)],
  /** Some servers leave out the head that the standard wants. */
  deflate: [(bytes) => inflateSync(bytes, CUT), (bytes) => inflateRawSync(bytes, CUT)],
  br: [(bytes) => brotliDecompressSync(bytes, { ...LIMITS, finishFlush: constants.BROTLI_OPERATION_FLUSH })],
};

/** The beginning of a body, unpacked as its `content-encoding` says; as it is where that cannot be done. */
export function unpack(bytes: Buffer, encoding: string | undefined): Buffer {
  const name = encoding?.trim().toLowerCase() ?? '';
  for (const attempt of (Object.hasOwn(UNPACKERS, name) && UNPACKERS[name]) || []) {
    try {
      return attempt(bytes);
    } catch {
      // Another way may do, or it is no such body: then its bytes are kept.
    }
  }
  return bytes;
}
