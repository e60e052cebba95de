import type { RunSummary } from '../observe/run-events.js';
import type { RunContext, RunSettings } from './run-settings.js';

/**
 * Runs one mode to its end: `db_init` and `db_update` until all is copied, `db_sync` and `webhook` until the signal
 * aborts. Throws a `DbsyncError` or a fatal `SinkError`; temporary failures are waited for instead. The pipeline is
 * loaded only now: a command that only prints help or refuses starts in half the time.
 */
export async function run(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  switch (settings.mode) {
    case 'db_init':
      return (await import('./init-run.js')).initRun(settings, context);
    case 'db_update':
      return (await import('./init-run.js')).updateRun(settings, context);
    case 'db_sync':
      return (await import('./sync-run.js')).syncRun(settings, context);
    case 'webhook':
      return (await import('./webhook-run.js')).webhookRun(settings, context);
  }
}
