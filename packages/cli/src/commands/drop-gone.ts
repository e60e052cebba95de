import { dropGone, goneContacts, type VerifyReport } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import { checkedValues } from '../options/checked-values.js';
import { type Asking, canAsk, isAnsweredYes } from '../terminal/ask.js';
import { formatCounted } from '../terminal/figures.js';
import type { CommandContext } from './command-context.js';
import type { CopyDesk } from './copy-desk.js';
import { operator } from './operator-name.js';

const TERMINAL: Asking = { input: process.stdin, output: process.stderr };

/**
 * Deletes what the campaign no longer has, after a question, and returns the contacts that it was about; empty where
 * there is nothing to delete, or the answer was no.
 */
export async function dropGoneOf(
  desk: CopyDesk,
  report: VerifyReport,
  { values, output }: CommandContext,
): Promise<readonly string[]> {
  const checked = checkedValues(values);
  const { contactIds } = goneContacts(report);
  if (contactIds.length === 0) return [];
  if (!checked.flag('yes') && !(await isWanted(desk, report))) return [];
  const options = { report, by: operator(), allowed: checked.number('allow') };
  const isDone = await dropGone(desk.settings, desk.context, desk.openAgain, options);
  if (checked.flag('json')) output.json({ type: 'drop-gone', contacts: contactIds.length, isDone });
  else output.line(`${formatCounted(contactIds.length, 'contact')} checked${isDone ? '' : ', not all of them yet'}.`);
  return contactIds;
}

/** Refuses to delete where no user can be asked and `--yes` is not given. */
export function refuseUnasked({ values }: Pick<CommandContext, 'values'>, asking: Asking = TERMINAL): void {
  const checked = checkedValues(values);
  if (!checked.flag('drop-gone') || checked.flag('yes') || canAsk(asking)) return;
  throw new CliError(
    'CLI_OPTION_MISSING',
    '--drop-gone deletes rows, and asks first. Without a terminal it needs --yes.',
  );
}

function isWanted({ settings, context }: CopyDesk, report: VerifyReport): Promise<boolean> {
  const { gone, orphans } = goneContacts(report);
  const question = `Delete ${formatCounted(gone.length, 'contact')} that the campaign no longer has, and ${formatCounted(orphans, 'row')} without a parent, each with all rows below it, from ${settings.sink.target}?`;
  return isAnsweredYes(question, TERMINAL, context.signal);
}
