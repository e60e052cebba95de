import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';

/** Reads the option. It needs db_sync: only a daemon sees two complete listings a day apart. */
export function mirrorDeletions(checked: CheckedValues): boolean {
  if (!checked.flag('mirror-deletions')) return false;
  if (checked.text('mode') !== 'webhook') return checked.text('mode') === 'db_sync';
  const why = 'What was delivered cannot be taken back, and the outbox keeps no rows.';
  throw new CliError('CLI_SINK_UNFIT', `--mirror-deletions is for a database with --mode db_sync. ${why}`);
}

/** Returns a remark where the option does nothing. */
export function mirrorRemarks(checked: CheckedValues): readonly string[] {
  if (!checked.flag('mirror-deletions') || checked.text('mode') === 'db_sync') return [];
  return ['--mirror-deletions has no effect: only db_sync sees two complete listings a day apart.'];
}
