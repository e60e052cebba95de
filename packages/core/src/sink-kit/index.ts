/** Low-level helpers that core uses itself and that sinks need too. The contract is `@dbsync/core/contract`. */
export { createFairShare, type FairShare, type FairShareSizes, type ShareOfPlaces } from '../concurrency/fair-share.js';
export { createSemaphore, type Semaphore } from '../concurrency/semaphore.js';
export { unlessAborted } from '../concurrency/unless-aborted.js';
export { createYield, type Yield } from '../concurrency/yield.js';
export { quotedForShell } from '../errors/quoted-for-shell.js';
export { decoded } from '../network/decoded.js';
export {
  commandToClose,
  isFolderOfOthers,
  mayOthers,
  ownSurroundings,
  type Permissions,
  type Surroundings,
} from '../network/exposed-file.js';
export { homeFolder } from '../network/home-folder.js';
export { knownAuthorities } from '../network/known-authorities.js';
export { type OpenFileWatch, watchOpenFile } from '../network/open-file-watch.js';
export { httpDateMs, retryAfterMs } from '../network/retry-after.js';
export { keyedHash } from '../records/keyed-hash.js';
