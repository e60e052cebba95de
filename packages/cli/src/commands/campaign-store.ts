import { createOutbox, guardStore, type Outbox } from '@dbsync/core';
import type { SinkNotice, StoreSink } from '@dbsync/core/contract';
import { type CheckedValues, checkedValues } from '../options/checked-values.js';
import { outboxOptions } from '../options/outbox-options.js';
import { lookForStateFile, stateFile } from '../options/state-file.js';
import { targetOptions } from '../options/target-options.js';
import type { CommandContext } from './command-context.js';
import { loadTarget } from './load-target.js';

/** The store of a campaign. */
export interface CampaignStore {
  /** The store, not opened. */
  readonly store: StoreSink;
  /** The target for messages: the database without secrets, or the file of the outbox. */
  readonly target: string;
}

/**
 * Returns the database of a campaign, or the outbox before its web service.
 *
 * @param looking `onlyLooks`: the outbox is opened read-only, and no file or folder is made
 */
export async function campaignStore(
  context: CommandContext,
  campaign: string,
  { onlyLooks }: { readonly onlyLooks: boolean },
): Promise<CampaignStore> {
  const notify = (notice: SinkNotice) => tellWarning(notice, context);
  const sink = await loadTarget(targetOptions(context.values), context, notify, { onlyLooks: true });
  if (sink.kind === 'store') return sink;
  const { file, store } = campaignOutbox(checkedValues(context.values), campaign, { onlyLooks });
  return { store: guardStore(store), target: file };
}

/** Returns the outbox of a campaign, not opened, and its file. It must be there already. */
export function campaignOutbox(
  checked: CheckedValues,
  campaign: string,
  { onlyLooks }: { readonly onlyLooks: boolean },
): Outbox & { readonly file: string } {
  const options = outboxOptions(checked);
  const file = onlyLooks ? lookForStateFile(options, campaign) : stateFile(options, campaign);
  return { file, ...createOutbox({ file, campaign, ifMissing: 'refuse', onlyLooks }) };
}

/** Prints only warnings, such as an act that is not noted in the audit. */
function tellWarning({ level, code, message }: SinkNotice, { values, output }: CommandContext): void {
  if (level !== 'warn') return;
  if (checkedValues(values).flag('json')) output.json({ type: 'notice', level, code, message });
  else output.line(`${code}: ${message}`);
}
