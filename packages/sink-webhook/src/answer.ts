import type { Readable } from 'node:stream';
import { unpack } from './unpack.js';

/** A receiver's answer. */
export interface Answer {
  readonly status: number;
  readonly date: string | undefined;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  /** The body as text, as far as it was read. */
  readonly beginning: string;
}

/** A longer answer costs its connection: reading it to its end would cost more. */
export const READ_BYTES = 64 * 1024;
/** The longest wait for the rest of an answer. The status has come, so nothing depends on the rest. */
export const PATIENCE_MS = 2_000;

/**
 * Reads a body to its end, so that its connection can be used again, or as long as that is worth it. Never fails: a
 * body that breaks off is returned as far as it came.
 */
export function readBeginning(body: Readable, encoding?: string): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const cut = () => body.destroy();
    const patience = setTimeout(cut, PATIENCE_MS);
    const finish = () => {
      clearTimeout(patience);
      resolve(beginningOf(chunks, encoding));
    };
    body.on('data', (chunk: Buffer) => {
      if (bytes < READ_BYTES) chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > READ_BYTES) cut();
    });
    body.once('end', finish).once('close', finish).once('error', finish);
  });
}

/** @returns the text that is kept of a body, unpacked where the receiver packed it unasked; a character that is cut at its end is left out. */
export function beginningOf(chunks: readonly Buffer[], encoding?: string): string {
  const [first] = chunks;
  if (first === undefined) return '';
  const sent = (chunks.length === 1 ? first : Buffer.concat(chunks)).subarray(0, READ_BYTES);
  const kept = unpack(sent, encoding).subarray(0, READ_BYTES);
  return new TextDecoder().decode(kept, { stream: true });
}
