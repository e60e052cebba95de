import type { Backoff } from '../concurrency/backoff.js';

/** The pauses between two readings of a listing, or of inbound calls, that must be read to their end. */
export const READING_BACKOFF: Backoff = { firstMs: 10_000, maxMs: 5 * 60_000 };
