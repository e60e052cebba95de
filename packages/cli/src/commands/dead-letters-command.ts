import { createOutbox, guardStore } from '@dbsync/core';
import type { DeadLetter, StoreSink } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { outboxOptions } from '../options/outbox-options.js';
import { stateFile } from '../options/state-file.js';
import { targetOptions } from '../options/target-options.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { formatCounted } from '../terminal/figures.js';
import type { CommandContext } from './command-context.js';
import { deadLetterDetails, deadLetterTable } from './dead-letter-text.js';
import { deadLetterPages, findDeadLetters } from './find-dead-letters.js';
import { loadTarget } from './load-target.js';
import { listenForStop } from './stop-signals.js';

const ACTIONS = ['list', 'show', 'replay', 'drop'] as const;
type Action = (typeof ACTIONS)[number];

/** What an action works with. */
interface Desk {
  readonly store: StoreSink;
  readonly campaign: string;
  /** The database, as messages name it. */
  readonly target: string;
  /** Beginnings of keys; null: all. */
  readonly keys: readonly string[] | null;
  readonly json: boolean;
  readonly output: CommandContext['output'];
  readonly signal: AbortSignal;
}

const DRAIN_LIMIT_MS = 5_000;

/** `dead-letters list|show|replay|drop`: reads, and posts requests; only the holder of the campaign writes. */
export async function deadLettersCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  const [action, ...given] = operands;
  if (!isAction(action)) {
    throw unexpectedAction('dead-letters', action, ACTIONS);
  }
  checked.require(['campaign', 'url']);
  const keys = action === 'list' || checked.flag('all') ? null : given;
  if (keys?.length === 0) {
    throw new CliError('CLI_OPTION_MISSING', `dead-letters ${action} needs keys, as list shows them, or --all.`);
  }
  if (keys === null && given.length > 0) {
    throw new CliError('CLI_WORD_UNEXPECTED', `dead-letters ${action} takes no keys here.`);
  }
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const campaign = checked.required('campaign');
  const { store, target } = await storeOf(context, campaign);
  try {
    await store.open({ signal: stop.signal });
    await act[action]({ store, target, campaign, keys, json: checked.flag('json'), output, signal: stop.signal });
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}

/** Dead letters stand in the database, or in the outbox before a web service. */
async function storeOf(context: CommandContext, campaign: string): Promise<Pick<Desk, 'store' | 'target'>> {
  const sink = await loadTarget(targetOptions(context.values), context, () => {}, { onlyLooks: true });
  if (sink.kind === 'store') return sink;
  const file = stateFile(outboxOptions(checkedValues(context.values)), campaign);
  return { store: guardStore(createOutbox({ file, campaign, ifMissing: 'refuse' }).store), target: file };
}

const act: Readonly<Record<Action, (desk: Desk) => Promise<void>>> = {
  list: async (desk) => {
    let count = 0;
    for await (const page of deadLetterPages(desk)) {
      if (desk.json) for (const letter of page) desk.output.json(letter);
      else desk.output.line(deadLetterTable(page).join('\n'));
      count += page.length;
    }
    if (!desk.json)
      desk.output.line(`${formatCounted(count, 'dead letter')} of campaign ${desk.campaign} in ${desk.target}.`);
  },
  show: async (desk) => {
    for (const letter of await findDeadLetters(desk)) {
      if (desk.json) desk.output.json(letter);
      else desk.output.line(`${deadLetterDetails(letter).join('\n')}\n`);
    }
  },
  replay: (desk) => post(desk, 'replay'),
  drop: (desk) => post(desk, 'drop'),
};

/** A letter has one request at a time: the newest wish replaces the one before. */
async function post(desk: Desk, kind: 'replay' | 'drop'): Promise<void> {
  const { store, campaign, json, output, signal } = desk;
  const letters: readonly DeadLetter[] = await findDeadLetters(desk);
  for (const { key } of letters) {
    await store.postRequest(campaign, { key: `dead-letter-${key}`, kind, deadLetterKey: key }, { signal });
    if (json) output.json({ type: 'requested', kind, key });
  }
  if (json) return;
  output.line(
    `Asked for the ${kind} of ${formatCounted(letters.length, 'dead letter')}. The process that holds campaign ` +
      `${campaign} does it within its next cycle; where none runs, the next one at its start.`,
  );
}

function isAction(word: string | undefined): word is Action {
  return ACTIONS.some((action) => action === word);
}
