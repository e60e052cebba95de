import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Counts the steps of a synchronous piece of work: hashes, and reads and writes of maps and sets. They show how work
 * grows with its input, on any machine and under any load.
 */
export function countSteps(work: () => void): number {
  let steps = 0;
  const counted = <F extends (...args: never[]) => unknown>(method: F) =>
    function (this: unknown, ...args: Parameters<F>) {
      steps += 1;
      return method.apply(this, args);
    } as F;
  const { hash, createHash } = crypto;
  const { add, has, delete: remove } = Set.prototype;
  const { get, set } = Map.prototype;
  Object.assign(crypto, { hash: counted(hash), createHash: counted(createHash) });
  syncBuiltinESMExports();
  Object.assign(Set.prototype, { add: counted(add), has: counted(has), delete: counted(remove) });
  Object.assign(Map.prototype, { get: counted(get), set: counted(set) });
  try {
    work();
  } finally {
    Object.assign(crypto, { hash, createHash });
    syncBuiltinESMExports();
    Object.assign(Set.prototype, { add, has, delete: remove });
    Object.assign(Map.prototype, { get, set });
  }
  return steps;
}
