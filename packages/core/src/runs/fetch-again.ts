import type { MoveResult } from './contact-pipeline.js';
import { requestsFor } from './read-versions.js';
import type { ReadingSession } from './session.js';

/** Fetches contacts that a request names, also those that failed lately. */
export async function fetchAgain(session: ReadingSession, contactIds: readonly string[]): Promise<MoveResult> {
  const requests = await requestsFor(session, [...new Set(contactIds)], 'plain');
  return session.pipeline.move(requests, { part: 'events', of: requests.length, insist: true });
}
