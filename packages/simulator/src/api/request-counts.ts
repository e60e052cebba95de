import type { EndpointName } from './endpoint-name.js';

/** The number of requests for each endpoint, with any result, and the number of contacts that went out. */
export type RequestCounts = Record<EndpointName | 'bodies', number>;
