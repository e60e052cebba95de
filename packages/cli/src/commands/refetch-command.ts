import { listContactIds, refetchContacts } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { formatCount, formatCounted } from '../terminal/figures.js';
import type { CommandContext } from './command-context.js';
import { atCopyDesk } from './copy-desk.js';
import { operator } from './operator-name.js';

/**
 * Runs `refetch CONTACT...|--since TIME|--all`: has contacts fetched and written again, whatever their proofs say. The
 * daemon does it; where none runs, the command itself does.
 */
export async function refetchCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  const isAll = checked.flag('all');
  const isSince = checked.isGiven('since');
  if ([operands.length > 0, isAll, isSince].filter(Boolean).length !== 1) {
    throw new CliError('CLI_OPTION_MISSING', 'refetch needs the ids of contacts, or --since TIME, or --all.');
  }
  return atCopyDesk(context, 'refetch', async (desk) => {
    const { options, settings, stderr } = desk;
    const contactIds =
      operands.length > 0 ? new Set(operands) : listContactIds(settings, desk.context, isAll ? null : options.since);
    const report = await refetchContacts(settings, desk.context, desk.openAgain, {
      contactIds,
      calls:
        operands.length > 0 ? null : { fromMs: isAll || options.since === null ? null : Date.parse(options.since) },
      by: operator(),
      onProgress: (settled, posted) =>
        stderr.draw(`${formatCount(settled)} of ${formatCount(posted)} requests are done, 1,000 contacts each at most`),
    });
    await stderr.flush();
    if (checked.flag('json')) output.json({ type: 'refetched', campaign: options.campaign, ...report });
    else output.line(answerOf(report.contacts, report.isDone, options.campaign, settings.sink.target));
    return { kind: 'done' };
  });
}

function answerOf(contacts: number, isDone: boolean, campaign: string, target: string): string {
  const counted = formatCounted(contacts, 'contact');
  if (isDone) return `${counted} fetched again, and written to ${target} where they differed.`;
  return `Requested: ${counted}. The process that holds campaign ${campaign} has not finished yet, and continues by itself.`;
}
