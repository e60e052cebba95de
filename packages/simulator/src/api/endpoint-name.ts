/** The endpoints of the API, by the names that counters and faults use. */
export const ENDPOINTS = ['fields', 'contacts-list', 'contacts', 'transactions', 'inbound-calls'] as const;

/** The name of an endpoint, as faults give it. */
export type EndpointName = (typeof ENDPOINTS)[number];
