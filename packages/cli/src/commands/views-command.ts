import type { CallOptions, ReportView, SinkNotice, Viewing } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { targetOptions } from '../options/target-options.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { printReport } from '../terminal/print-report.js';
import type { CommandContext } from './command-context.js';
import { asStore, loadTarget } from './load-target.js';
import { unlessStopped } from './stop-signals.js';

const ACTIONS = ['install', 'show', 'drop'] as const;
type Action = (typeof ACTIONS)[number];

const DRAIN_LIMIT_MS = 5_000;

/** Runs `views install`, `views show` and `views drop`. */
export async function viewsCommand(context: CommandContext): Promise<Ending> {
  const [word, ...others] = context.operands;
  const action = ACTIONS.find((candidate) => candidate === word);
  if (action === undefined) throw unexpectedAction('views', word, ACTIONS);
  if (others.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', `views ${action} takes no further words.`);
  return unlessStopped(DRAIN_LIMIT_MS, (signal) => withViews(context, action, { signal }));
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

async function act(context: CommandContext, action: Action, viewing: Viewing, options: CallOptions): Promise<Ending> {
  const request = { timeZone: checkedValues(context.values).text('time-zone') };
  if (action === 'drop') {
    printReport(context, { type: 'views', dropped: await viewing.dropViews(options) }, { lines: droppedLines });
    return { kind: 'done' };
  }
  const views = await (action === 'install'
    ? viewing.installViews(request, options)
    : viewing.describeViews(request, options));
  const lineOf = action === 'show' ? statementOf : stateOf;
  printReport(context, { type: 'views', views }, { lines: (report) => report.views.map(lineOf) });
  return { kind: 'done' };
}

function droppedLines({ dropped }: { readonly dropped: readonly string[] }): readonly string[] {
  return [dropped.length === 0 ? 'No views of dbsync are installed.' : `Dropped: ${dropped.join(', ')}`];
}

function stateOf({ name, state, timeZone }: ReportView): string {
  return `${name}: ${STATES[state]} (local times of ${timeZone})`;
}

function statementOf(view: ReportView): string {
  return `-- ${stateOf(view)}\n${view.statement};\n`;
}

const STATES: Readonly<Record<ReportView['state'], string>> = {
  absent: 'not installed',
  current: 'installed',
  outdated: 'installed, and out of date',
  foreign: 'another program has an object of this name',
};
