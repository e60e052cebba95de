import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { campaignOutbox } from './campaign-store.js';
import type { CommandContext } from './command-context.js';
import { actOnDeliveries } from './delivery-acts.js';
import type { DeliveryDesk } from './delivery-desk.js';
import { listDeliveries } from './list-deliveries.js';
import { showDeliveries } from './show-deliveries.js';
import { listenForStop } from './stop-signals.js';

const ACTIONS = ['list', 'show', 'retry', 'drop', 'pause', 'resume', 'replay'] as const;
type Action = (typeof ACTIONS)[number];

/** The actions that take ids, --contact or --all. */
const SELECTING: ReadonlySet<Action> = new Set(['show', 'retry', 'drop']);
const DRAIN_LIMIT_MS = 5_000;

/**
 * Runs `deliveries [list|show|retry|drop|pause|resume|replay]`: reads the outbox of a campaign, beside a running daemon
 * or without one, and posts acts; only the process that holds the campaign carries them out.
 */
export async function deliveriesCommand({ operands, values, output }: CommandContext): Promise<Ending> {
  const [action = 'list', ...ids] = operands;
  if (!isAction(action)) throw unexpectedAction('deliveries', action, ACTIONS);
  if (ids.length > 0 && !SELECTING.has(action)) {
    throw new CliError('CLI_WORD_UNEXPECTED', `deliveries ${action} takes no further words.`);
  }
  const checked = checkedValues(values);
  checked.require(action === 'replay' ? ['campaign', 'since'] : ['campaign']);
  const campaign = checked.required('campaign');
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const { signal } = stop;
  const onlyLooks = action === 'list' || action === 'show';
  const { store, report, control } = campaignOutbox(checked, campaign, { onlyLooks });
  try {
    await store.open({ signal });
    await perform(action, { report, control, campaign, ids, checked, output, signal });
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}

function perform(action: Action, desk: DeliveryDesk): Promise<void> {
  if (action === 'list') return listDeliveries(desk);
  return action === 'show' ? showDeliveries(desk) : actOnDeliveries(action, desk);
}

function isAction(word: string): word is Action {
  return ACTIONS.some((action) => action === word);
}
