import type { ApiRequest } from './http-transport.js';

/** Returns a small request to another endpoint than this one's. Its answer tells a fault of the API from one of a request. */
export function otherThan({ path }: ApiRequest): ApiRequest {
  if (path === 'fields/list') return { path: 'contacts/list', query: { limit: 1 } };
  return { path: 'fields/list', query: {} };
}
