import { randomUUID } from 'node:crypto';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { campaignStore } from './campaign-store.js';
import type { CommandContext } from './command-context.js';
import { operator } from './operator-name.js';
import { listenForStop } from './stop-signals.js';

const DRAIN_LIMIT_MS = 5_000;

/**
 * Runs `mirror-deletions --allow N`: lets the process that holds the campaign remove, or mark, up to N contacts, once.
 * It leaves a request in the mailbox.
 */
export async function mirrorCommand(context: CommandContext): Promise<Ending> {
  const { values, output } = context;
  const checked = checkedValues(values);
  checked.require(['campaign', 'url']);
  const most = checked.number('allow');
  if (most === null)
    throw new CliError('CLI_OPTION_MISSING', 'mirror-deletions needs --allow with the number of contacts.');
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const { signal } = stop;
  const campaign = checked.required('campaign');
  const { store, target } = await campaignStore(context, campaign, { onlyLooks: false });
  try {
    await store.open({ signal });
    if (store.mirroring === undefined) throw new CliError('CLI_SINK_UNFIT', `${target} cannot remove contacts.`);
    await store.postRequest(
      campaign,
      { key: `mirror-${randomUUID()}`, kind: 'mirror', most },
      { signal, by: operator() },
    );
    if (checked.flag('json')) output.json({ type: 'mirror-request', campaign, most });
    else
      output.line(
        `The db_sync of campaign ${campaign} removes up to ${most} deleted contacts in its next cycle, once; without --mirror-deletions it marks them.`,
      );
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}
