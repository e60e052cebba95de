import { type OpenableSink, processTicker, type RunContext, type RunSettings, systemClock } from '@dbsync/core';
import type { SinkNotice, StoreSink } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { languageBeside } from '../languages/reader-language.js';
import { readAuthorities } from '../options/api-ca.js';
import { type RunOptions, runOptions } from '../options/run-options.js';
import { createTroubleReporter } from '../reporting/trouble-reporter.js';
import { createOutput, type Output } from '../terminal/output.js';
import type { CommandContext } from './command-context.js';
import { loadTarget } from './load-target.js';
import { proxyTo } from './proxy-to.js';
import { readFieldRules } from './read-field-rules.js';
import { startWarnings, warningNotice } from './start-warnings.js';
import { unlessStopped } from './stop-signals.js';

/** An open copy for a command, beside the daemon or without one. */
export interface CopyDesk {
  readonly options: RunOptions;
  /** The settings with `store`, which is open. */
  readonly settings: RunSettings;
  readonly store: StoreSink;
  readonly context: RunContext;
  /** The output for progress and trouble: only the result goes to stdout. */
  readonly stderr: Output;
  /** Returns the same settings with a store that is not open, and that may make tables. */
  openAgain(): Promise<RunSettings>;
}

const DRAIN_LIMIT_MS = 35_000;

/** Opens a copy, does the work of a command, and closes it. A stop signal ends the work. */
export function atCopyDesk(
  context: CommandContext,
  command: string,
  work: (desk: CopyDesk) => Promise<Ending>,
  looking: Looking = {},
): Promise<Ending> {
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    const desk = await openCopyDesk(context, command, looking, signal);
    try {
      return await work(desk);
    } finally {
      await desk.store.close();
    }
  });
}

/** The way in which the database is opened for a command. */
export interface Looking {
  /** The mode of the run that the command is about. Default: it does not matter. */
  readonly mode?: string;
  /** True: also where there is no copy. Default: false. */
  readonly copyMayBeMissing?: boolean;
}

/** Reads the options of a run, and opens the database. */
async function openCopyDesk(
  context: CommandContext,
  command: string,
  { mode = 'db_sync', copyMayBeMissing = false }: Looking,
  signal: AbortSignal,
): Promise<CopyDesk> {
  const options = runOptions(new Map([...context.values, ['mode', mode]]));
  const language = languageBeside(context.output.language, process.stderr, context.values.has('lang'));
  const stderr = createOutput(process.stderr, context.guard.redact, language);
  const api = { apiProxy: proxyTo(options.apiUrl, context), apiAuthorities: await readAuthorities(options.apiCa) };
  const fields = await readFieldRules(options.fieldSelection, context);
  const settingsWith = (sink: OpenableSink): RunSettings => ({ ...options, ...api, fields, sink, delivery: null });
  const observe = createTroubleReporter(stderr);
  const reported = new Set<string>();
  // The database is opened twice where rows are fetched again.
  const tell = (notice: SinkNotice) => {
    if (!reported.has(notice.message)) observe({ type: 'notice', ...notice });
    reported.add(notice.message);
  };
  for (const warning of startWarnings(options, context, { logs: null, state: null })) tell(warningNotice(warning));
  const load = async (onlyLooks: boolean): Promise<OpenableSink> => {
    const sink = await loadTarget(options.target, context, tell, {
      onlyLooks,
      copyMayBeMissing: onlyLooks && copyMayBeMissing,
    });
    if (sink.kind === 'store') return sink;
    const message = `${sink.target} is a web service, which has no rows: ${command} is for databases. To see waiting and failed deliveries: dbsync deliveries --campaign ${options.campaign}`;
    throw new CliError('CLI_SINK_UNFIT', message);
  };
  const sink = await load(true);
  await sink.store.open({ signal });
  const clocks = { clock: systemClock, storeClock: systemClock, ticker: processTicker(options.intervalMs) };
  return {
    options,
    settings: settingsWith(sink),
    store: sink.store,
    context: { signal, observe, ...clocks },
    stderr,
    openAgain: async () => settingsWith(await load(false)),
  };
}
