import { hash } from 'node:crypto';
import { canonicalJson, type Fields } from '../../contract/index.js';

const HASH_BYTES = 16;

/** Of the transaction alone, with its connections and recordings, whatever the order of its keys (R25). */
export function transactionHash(values: Fields): Uint8Array {
  return hash('sha256', canonicalJson(values), 'buffer').subarray(0, HASH_BYTES);
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
