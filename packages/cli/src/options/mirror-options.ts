import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';
import type { CommandOption } from './command-option.js';

/** Options about contacts that the campaign deletes. */
export const mirrorOptionList = {
  'mirror-deletions': {
    type: 'flag',
    group: 'How',
    help: 'db_sync: remove contacts that the campaign has deleted: two complete listings a day apart lack them, the API has no body of them, and they are 5 % of the copy at most. Without it they stay',
  },
  allow: {
    type: 'whole-number',
    group: 'Mirror deletions',
    min: 1,
    help: 'Remove up to so many deleted contacts, once',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;

/** Only a daemon sees two complete listings a day apart. */
export function mirrorDeletions(checked: CheckedValues): boolean {
  if (!checked.flag('mirror-deletions')) return false;
  if (checked.text('mode') !== 'webhook') return checked.text('mode') === 'db_sync';
  const why = 'What was delivered cannot be taken back, and the outbox keeps no rows.';
  throw new CliError('CLI_SINK_UNFIT', `--mirror-deletions is for a database with --mode db_sync. ${why}`);
}

/** Says where the option does nothing. */
export function mirrorRemarks(checked: CheckedValues): readonly string[] {
  if (!checked.flag('mirror-deletions') || checked.text('mode') === 'db_sync') return [];
  return ['--mirror-deletions is of no effect: only db_sync sees two complete listings a day apart.'];
}
