import type { CallOptions, ReportView, SinkNotice, Viewing } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { targetOptions } from '../options/target-options.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import type { CommandContext } from './command-context.js';
import { asStore, loadTarget } from './load-target.js';
import { listenForStop } from './stop-signals.js';

const ACTIONS = ['install', 'show', 'drop'] as const;
type Action = (typeof ACTIONS)[number];

const DRAIN_LIMIT_MS = 5_000;

/** Runs `views install`, `views show` and `views drop`. */
export async function viewsCommand(context: CommandContext): Promise<Ending> {
  const [word, ...others] = context.operands;
  const action = ACTIONS.find((candidate) => candidate === word);
  if (action === undefined) throw unexpectedAction('views', word, ACTIONS);
  if (others.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', `views ${action} takes no further words.`);
  using stop = listenForStop(DRAIN_LIMIT_MS);
  try {
    return await withViews(context, action, { signal: stop.signal });
  } catch (error) {
    if (stop.received !== null) return { kind: 'stopped', signal: stop.received };
    throw error;
  }
}

async function withViews(context: CommandContext, action: Action, options: CallOptions): Promise<Ending> {
  const notify = ({ level, code, message }: SinkNotice) => {
    if (level === 'warn') context.output.line(`${code}: ${message}`);
  };
  const looking = { onlyLooks: action === 'show' };
  const { store, target } = asStore(await loadTarget(targetOptions(context.values), context, notify, looking));
  const { viewing } = store;
  if (viewing === undefined) throw new CliError('CLI_VIEWS_UNFIT', `The sink of ${target} makes no views.`);
  try {
    await store.open(options);
    return await act(context, action, viewing, options);
  } finally {
    await store.close();
  }
}

async function act(
  { values, output }: CommandContext,
  action: Action,
  viewing: Viewing,
  options: CallOptions,
): Promise<Ending> {
  const checked = checkedValues(values);
  const request = { timeZone: checked.text('time-zone') };
  if (action === 'drop') {
    const dropped = await viewing.dropViews(options);
    if (checked.flag('json')) output.json({ type: 'views', dropped });
    else output.line(dropped.length === 0 ? 'No views of dbsync are installed.' : `Dropped: ${dropped.join(', ')}`);
    return { kind: 'done' };
  }
  const views = await (action === 'install'
    ? viewing.installViews(request, options)
    : viewing.describeViews(request, options));
  if (checked.flag('json')) output.json({ type: 'views', views });
  else for (const view of views) output.line(textOf(view, action));
  return { kind: 'done' };
}

function textOf({ name, state, timeZone, statement }: ReportView, action: Action): string {
  const line = `${name}: ${STATES[state]} (local times of ${timeZone})`;
  return action === 'show' ? `-- ${line}\n${statement};\n` : line;
}

const STATES: Readonly<Record<ReportView['state'], string>> = {
  absent: 'not installed',
  current: 'installed',
  outdated: 'installed, and out of date',
  foreign: 'another program has an object of this name',
};
