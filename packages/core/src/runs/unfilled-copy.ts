import type { Progress } from '../contract/index.js';
import type { ReadingSession, SessionFrame } from './session.js';

/** Returns the progress of a copy that has been filled in, or that begins at the user's start. */
export function filledIn({ unfilled: _, ...progress }: Progress): Progress {
  return progress;
}

/** Reports the gap of a copy that begins now, and the command that fills it in. */
export function tellUnfilled({ settings, observe }: SessionFrame, start: string): void {
  const command = settings.fillCommand ?? 'db_init with the same options';
  const message = `The target held no copy of campaign ${settings.campaign}: the new copy holds only changes since ${start}, when dbsync began. To copy everything before too, stop db_sync, run: ${command} , and start db_sync again.`;
  observe({ type: 'notice', level: 'warn', code: 'COPY_BEGINS_NOW', message });
}

/**
 * Returns a function that returns, once a day, the start of the copy's data; null: the copy is filled in, or this was
 * reported today.
 */
export function createUnfilledReminder({ api, progress }: ReadingSession): () => string | null {
  let reportedOn: string | null = null;
  return () => {
    const { unfilled, since } = progress.current;
    const today = new Date(api.now()).toISOString().slice(0, 10);
    if (!unfilled || today === reportedOn) return null;
    reportedOn = today;
    return since;
  };
}
