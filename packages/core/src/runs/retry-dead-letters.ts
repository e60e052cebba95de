import type { Job } from '../daemon/cycle-timer.js';
import { isDue, LISTING_EVERY_MS } from '../discover/cadence.js';
import { createRetrySchedule } from '../discover/retry-schedule.js';
import { type LetterHead, readDeadLetters } from './dead-letter-pages.js';
import { requestsFor } from './read-versions.js';
import type { Session, StoreSession } from './session.js';

/** The most pages in one run. The next run continues where this one stopped. */
const MOST_PAGES = 20;
/** The number of contacts whose lanes are held at a time. */
const ROUND = 40;
/** The number of contacts that are tried each time, whether they are due or not. */
const FEW = 20;
/** The time after which no round begins, so that the next run is not late. */
const RUN_MS = 4 * 60_000;

/**
 * Tries contacts again that could not be fetched, or that the store refused (R6, R22), as often as listings come,
 * whether a listing names them or not. It runs beside the live cycle, which never waits for such a contact.
 */
export function retryJob(session: Session): Job {
  const retry = createRetries(session);
  return {
    isDue: (last, nowMs) => isDue(last, LISTING_EVERY_MS, nowMs),
    run: retry,
  };
}

/** Tries such contacts of earlier runs, for a run that ends and whose listing does not name all of them. */
export function retryOnce(session: Session): Promise<void> {
  return createRetries(session)();
}

function createRetries(session: Session): () => Promise<void> {
  const { clock } = session.context;
  const schedule = createRetrySchedule(() => clock.monotonic());
  const scan = createScan(session);
  const choose = async (few: number) => {
    const { letters, isWhole } = await scan();
    return schedule.choose(letters, { most: ROUND, few, isWhole });
  };
  return async () => {
    const startedMs = clock.monotonic();
    let chosen = await choose(FEW);
    while (chosen.length > 0) {
      await tryAgain(session, chosen);
      if (clock.monotonic() - startedMs > RUN_MS) return;
      chosen = await choose(0);
    }
  };
}

/**
 * Tries these contacts. An accepted contact settles its dead letters in its commit; one that fails again counts one
 * more attempt. A contact that the API does not have any more is not asked for in between: its dead letter stays.
 */
async function tryAgain(session: Session, letters: readonly LetterHead[]): Promise<void> {
  const { pipeline, wanted } = session;
  const md5s = new Map<string, string | null>();
  for (const { contactId, md5 } of letters) if (contactId !== null) md5s.set(contactId, md5);
  const wantedBefore = new Set([...md5s.keys()].filter(wanted.isMissing));
  const plain = await requestsFor(session, [...md5s.keys()], 'plain');
  session.writer.mayFail(md5s.keys());
  const requests = plain.map((request) => ({ ...request, md5: md5s.get(request.id) ?? null }));
  const { missing } = await pipeline.move(requests, { part: 'events', of: requests.length, insist: true });
  for (const id of missing) if (!wantedBefore.has(id)) wanted.leaveToRetries(id);
}

interface Scan {
  readonly letters: readonly LetterHead[];
  readonly isWhole: boolean;
}

/** Reads the dead letters that may be tried, page by page, and continues after the last page where there are many. */
function createScan(session: StoreSession): () => Promise<Scan> {
  let after: string | undefined;
  return async () => {
    const letters: LetterHead[] = [];
    const startsWhole = after === undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const read = await readDeadLetters(session, after);
      letters.push(...read.letters.filter(isRetryable));
      after = read.after;
      if (after === undefined) break;
    }
    return { letters, isWhole: startsWhole && after === undefined };
  };
}

function isRetryable({ kind, contactId }: LetterHead): boolean {
  return contactId !== null && (kind === 'fetch' || kind === 'contact');
}
