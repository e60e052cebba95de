import { storedDeadLetterPages, storedDeadLetters } from '@dbsync/core/cli-kit';
import type { StoreSink } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { formatCounted } from '../terminal/figures.js';
import { campaignStore } from './campaign-store.js';
import type { CommandContext } from './command-context.js';
import { deadLetterDetails, deadLetterTable } from './dead-letter-text.js';
import { findDeadLetters } from './find-dead-letters.js';
import { operator } from './operator-name.js';
import { listenForStop } from './stop-signals.js';

const ACTIONS = ['list', 'show', 'replay', 'drop'] as const;
type Action = (typeof ACTIONS)[number];

/** The parts that every action uses. */
interface Desk {
  readonly store: StoreSink;
  readonly campaign: string;
  /** The database, as messages name it. */
  readonly target: string;
  /** Beginnings of keys; null: all. */
  readonly keys: readonly string[] | null;
  readonly json: boolean;
  /** True: also replays contacts that the campaign has deleted. */
  readonly evenIfDeleted: boolean;
  readonly output: CommandContext['output'];
  readonly signal: AbortSignal;
}

const DRAIN_LIMIT_MS = 5_000;

/** Runs `dead-letters list|show|replay|drop`: reads, and posts requests; only the holder of the campaign writes. */
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
  const onlyLooks = action === 'list' || action === 'show';
  const { store, target } = await campaignStore(context, campaign, { onlyLooks });
  try {
    await store.open({ signal: stop.signal });
    const [json, evenIfDeleted] = [checked.flag('json'), checked.flag('even-if-deleted')];
    await act[action]({ store, target, campaign, keys, json, evenIfDeleted, output, signal: stop.signal });
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}

const act: Readonly<Record<Action, (desk: Desk) => Promise<void>>> = {
  list: async (desk) => {
    let count = 0;
    if (desk.json) return listAsJson(desk);
    for await (const page of storedDeadLetterPages(desk.store, desk.campaign, desk.signal)) {
      desk.output.line(deadLetterTable(desk.output.masked(page)).join('\n'));
      count += page.length;
    }
    desk.output.line(`${formatCounted(count, 'dead letter')} of campaign ${desk.campaign} in ${desk.target}.`);
  },
  show: async (desk) => {
    const keys = new Set((await findDeadLetters(desk)).map(({ key }) => key));
    for await (const letter of storedDeadLetters(desk.store, desk.campaign, desk.signal, ({ key }) => keys.has(key))) {
      if (desk.json) desk.output.json(letter);
      else desk.output.line(`${deadLetterDetails(letter).join('\n')}\n`);
    }
  },
  replay: (desk) => post(desk, 'replay'),
  drop: (desk) => post(desk, 'drop'),
};

async function listAsJson({ store, campaign, signal, output }: Desk): Promise<void> {
  for await (const letter of storedDeadLetters(store, campaign, signal, () => true)) {
    output.json(letter);
    // A slow reader never makes bodies pile up in memory.
    await output.flush();
  }
}

/** Posts a request for each letter. A letter has one request at a time: a new one replaces the former. */
async function post(desk: Desk, kind: 'replay' | 'drop'): Promise<void> {
  const { store, campaign, json, evenIfDeleted, output, signal } = desk;
  const letters = await findDeadLetters(desk);
  for (const { key } of letters) {
    const request = { key: `dead-letter-${key}`, deadLetterKey: key };
    const replay = { ...request, kind: 'replay', ...(evenIfDeleted && { evenIfDeleted }) } as const;
    await store.postRequest(campaign, kind === 'drop' ? { ...request, kind } : replay, { signal, by: operator() });
    if (json) output.json({ type: 'requested', kind, key });
  }
  if (json) return;
  output.line(
    `Requested: the ${kind} of ${formatCounted(letters.length, 'dead letter')}. The process that holds campaign ` +
      `${campaign} does it within its next cycle; where none runs, the next one at its start.`,
  );
}

function isAction(word: string | undefined): word is Action {
  return ACTIONS.some((action) => action === word);
}
