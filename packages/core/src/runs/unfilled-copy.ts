import type { Progress } from '../contract/index.js';
import type { Session } from './session.js';

/** Progress of a copy that has been filled in, or begins where the user wishes. */
export function filledIn({ unfilled: _, ...progress }: Progress): Progress {
  return progress;
}

/** Says what a copy lacks that begins now, and how to fill it in. */
export function tellUnfilled({ settings, observe }: Session, now: string): void {
  const command = settings.fillCommand ?? 'db_init with the same options';
  const message = `The target held no copy of campaign ${settings.campaign}: this one holds only what happens from now on (${now}). To copy everything before too, stop db_sync, run: ${command} , and start db_sync again.`;
  observe({ type: 'notice', level: 'warn', code: 'COPY_BEGINS_NOW', message });
}

/** Answers, once a day, from when on the copy holds what happened; null: it is filled in, or that was told today. */
export function createUnfilledReminder({ api, progress }: Session): () => string | null {
  let toldOn: string | null = null;
  return () => {
    const { unfilled, since } = progress.current;
    const today = new Date(api.now()).toISOString().slice(0, 10);
    if (!unfilled || today === toldOn) return null;
    toldOn = today;
    return since;
  };
}
