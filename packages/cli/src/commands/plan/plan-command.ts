import { planStart } from '@dbsync/core/cli-kit';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { checkedValues } from '../../options/checked-values.js';
import { targetOptions } from '../../options/target-options.js';
import { printReport } from '../../terminal/print-report.js';
import type { CommandContext } from '../command-context.js';
import { atCopyDesk, type CopyDesk } from '../copy-desk.js';
import { loadTarget } from '../load-target.js';
import { planDeliveries } from './plan-deliveries.js';
import { planLines } from './plan-text.js';
import { plannedCopy } from './planned-copy.js';

/**
 * Runs `plan`: shows all that a start with these options would change, and changes nothing. It ends with 0 where that is
 * nothing, with 5 where a start would change something, and with 8 where a change cannot be made, or a start would be refused.
 */
export async function planCommand(context: CommandContext): Promise<Ending> {
  const { operands } = context;
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'plan takes no words.');
  const values = context.values.has('mode') ? context.values : new Map([...context.values, ['mode', 'db_sync']]);
  const { kind } = await loadTarget(targetOptions(values), context, () => {}, { onlyLooks: true });
  if (kind === 'endpoint') return planDeliveries({ ...context, values });
  const mode = checkedValues(values).text('mode') ?? 'db_sync';
  const work = async (desk: CopyDesk): Promise<Ending> => {
    const found = await planStart(desk.settings, desk.context);
    const planned = plannedCopy(desk, found);
    printReport(context, planned, { lines: planLines });
    if (planned.refused !== null || planned.changes.some(({ obstacle }) => obstacle !== undefined))
      return { kind: 'unable' };
    const changes = planned.effects.length > 0 || planned.changes.some(({ change }) => change !== 'overflow');
    return { kind: changes ? 'differs' : 'done' };
  };
  return atCopyDesk(context, 'plan', work, { mode, copyMayBeMissing: true });
}
