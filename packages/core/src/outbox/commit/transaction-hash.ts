import { hash } from 'node:crypto';
import { canonicalJson, type Fields } from '../../contract/index.js';

const HASH_BYTES = 16;

/**
 * Returns the hash of the transaction alone, with its connections and recordings. The order of its keys does not matter
 * (R25).
 */
export function transactionHash(values: Fields): Uint8Array {
  return hash('sha256', canonicalJson(values), 'buffer').subarray(0, HASH_BYTES);
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
