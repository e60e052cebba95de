import { requestFault, type StoreRequest } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';

/**
 * Returns the request, if a mailbox accepts it. A command that posts many requests checks all of them before it posts
 * the first.
 *
 * @throws DbsyncError `REQUEST_UNFIT`
 */
export function checkedRequest<T extends StoreRequest>(request: T): T {
  const fault = requestFault(request);
  if (fault !== null) throw new DbsyncError('REQUEST_UNFIT', `The request cannot be posted: ${fault}.`);
  return request;
}
