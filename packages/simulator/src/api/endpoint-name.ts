/** What the API has, by the names that counters and faults use. */
export const ENDPOINTS = ['fields', 'contacts-list', 'contacts', 'transactions', 'inbound-calls'] as const;

export type EndpointName = (typeof ENDPOINTS)[number];
