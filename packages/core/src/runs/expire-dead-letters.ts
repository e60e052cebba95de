import type { Job } from '../daemon/cycle-timer.js';
import { isDue } from '../discover/cadence.js';
import { deadLetterPages } from './dead-letter-pages.js';
import type { WritingSession } from './session.js';

const HOUR_MS = 3_600_000;

/**
 * Removes dead letters whose first failure is older than `--keep-dead-letters`. Without that option they stay until an
 * administrator or a newer version of the record ends them.
 */
export function expiryJobs(session: WritingSession): readonly Job[] {
  const { keepDeadLettersMs: keepMs = null } = session.settings;
  if (keepMs === null) return [];
  const run = () => expireDeadLetters(session, keepMs);
  return [{ isDue: (last, nowMs) => isDue(last, HOUR_MS, nowMs), run }];
}

async function expireDeadLetters(session: WritingSession, keepMs: number): Promise<void> {
  const { writer, context, observe } = session;
  const endMs = context.clock.now() - keepMs;
  let removed = 0;
  for await (const page of deadLetterPages(session)) {
    const settled = page.filter(({ firstSeenAt }) => Date.parse(firstSeenAt) < endMs).map(({ key }) => key);
    if (settled.length > 0) await writer.write({ settled });
    removed += settled.length;
  }
  if (removed === 0) return;
  const message = `${removed} dead letter${removed === 1 ? ' was older than --keep-dead-letters allows, and was' : 's were older than --keep-dead-letters allows, and were'} removed.`;
  observe({ type: 'notice', level: 'info', code: 'DEAD_LETTERS_EXPIRED', message });
}
