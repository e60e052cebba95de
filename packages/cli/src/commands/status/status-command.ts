import type { CallOptions } from '@dbsync/core/contract';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { checkedValues } from '../../options/checked-values.js';
import { printReport } from '../../terminal/print-report.js';
import { campaignStatuses } from '../campaign-statuses.js';
import type { CommandContext } from '../command-context.js';
import { unlessStopped } from '../stop-signals.js';
import { type StatusReport, statusReport } from './status-report.js';
import { openStatusTarget, type StatusTarget } from './status-target.js';
import { statusLines } from './status-text.js';

const DRAIN_LIMIT_MS = 5_000;

/**
 * Runs `status`: shows which process holds a campaign and how far its copy is, from the target alone. Changes nothing. Ends
 * with 6 where a copy is late, and with 7 where no process holds it.
 */
export async function statusCommand(context: CommandContext): Promise<Ending> {
  const { operands, values } = context;
  const checked = checkedValues(values);
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'status takes no words.');
  const campaign = checked.flag('all') || !checked.isGiven('campaign') ? null : checked.required('campaign');
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    const target = await openStatusTarget(context, campaign, { signal });
    const report = await readReport(target, campaign, { signal }).finally(() => target.close());
    printReport(context, report, { lines: statusLines });
    return report.state === 'current' ? { kind: 'done' } : { kind: 'status', state: report.state };
  });
}

async function readReport(
  { reporting, name: target, notChanged }: StatusTarget,
  campaign: string | null,
  options: CallOptions,
): Promise<StatusReport> {
  const remedy = 'All campaigns there: the same command with --all';
  const statuses = await campaignStatuses(reporting, { campaign, target, remedy }, options);
  const tables = await reporting.countRows(options);
  return statusReport(target, statuses, tables, await notChanged(options));
}
