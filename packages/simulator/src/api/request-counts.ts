import type { EndpointName } from './endpoint-name.js';

/** How many requests came for each endpoint, whatever became of them, and how many contacts went out. */
export type RequestCounts = Record<EndpointName | 'bodies', number>;
