import { type LoadedStore, type Observer, processTicker, type RunShare, run, systemClock } from '@dbsync/core';
import type { SinkNotice, StoreSink } from '@dbsync/core/contract';
import { openAlerts, type TroubleReport } from '../alerts/open-alerts.js';
import { CliError } from '../cli-error.js';
import { type Failure, failureOf } from '../exit-code.js';
import { readAuthorities } from '../options/api-ca.js';
import { isDaemon } from '../options/daemon-mode.js';
import { optionList } from '../options/option-list.js';
import type { RunOptions } from '../options/run-options.js';
import { readSecretFile } from '../options/secret-file.js';
import { secretsOf } from '../options/secrets.js';
import type { TargetOptions } from '../options/target-options.js';
import { withCappedTexts } from '../reporting/capped-text.js';
import { createConsoleReporter } from '../reporting/console-reporter.js';
import { eventJson } from '../reporting/json-line.js';
import { openRunLog, type RunLog } from '../reporting/run-log.js';
import type { CampaignView } from '../status-page/campaign-view.js';
import type { CommandContext } from './command-context.js';
import { fillCommand } from './fill-command.js';
import { withHealthNotices } from './health-notices.js';
import { asStore, loadTarget } from './load-target.js';
import { proxyTo } from './proxy-to.js';
import { readFieldRules } from './read-field-rules.js';
import { createRenewedStore } from './renewed-store.js';
import { startWarnings, stateFolder, warningNotice } from './start-warnings.js';
import { webhookTarget } from './webhook-target.js';

/** The things that watch a run. */
export interface RunWatch {
  readonly observe: Observer;
  /** Names the target of the run; null: no status page wants it. */
  readonly follow: CampaignView['follow'] | null;
  /** The warning that the pages of the run can be reached from outside; null: none, or another place reports it. */
  readonly warning: SinkNotice | null;
}

/** The surroundings of one run of one campaign, whether it has its process alone or not. */
export interface CampaignSurroundings {
  /** Asks the run to finish its writes and end. */
  readonly stop: AbortSignal;
  /** Returns why it was asked to stop, for the log. */
  readonly stopReason: () => string;
  /** Opens what hears each event first, such as metrics. A failure ends the run, as one of its own does. */
  readonly watch: () => Promise<RunWatch>;
  /** The things that it shares with other runs of the process; null: it is alone. */
  readonly share: RunShare | null;
}

/** The end of a run. */
export type CampaignEnd =
  /** All work is done; or it was asked to stop, and has finished its writes. */
  { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Composes one run of one campaign from its options and runs it to its end: log, alerts, target, API, fields. It ends no
 * process, and touches no other run: they share places for requests, and connections.
 *
 * @throws CliError `CLI_LOG_DIR_UNWRITABLE`: there is no log that could hold it
 */
export async function runCampaign(
  options: RunOptions,
  context: CommandContext,
  { stop, stopReason, watch, share }: CampaignSurroundings,
): Promise<CampaignEnd> {
  const log = openRunLog(options, context);
  const ended = new AbortController();
  let alerts: TroubleReport | null = null;
  try {
    const watched = await watch();
    const show = observerOf(options, context, log, watched.observe);
    const notify = (notice: SinkNotice) => show({ type: 'notice', ...notice });
    const opened = await openAlerts(options, context, notify, log.folder);
    alerts = opened;
    context.beforeEnd?.(async (failure) => {
      opened?.failed(failure.code, failure.what);
      await opened?.close();
    });
    const observe: Observer = (event) => {
      show(event);
      alerts?.observe(event);
    };
    tellBeginning(options, context, log, observe);
    if (watched.warning !== null) observe({ type: 'notice', ...watched.warning });
    const tellStop = () => observe({ type: 'stopping', reason: stopReason() });
    stop.addEventListener('abort', tellStop, { signal: ended.signal });
    const target = await (options.mode === 'webhook'
      ? webhookTarget(options, context, observe)
      : storeTarget(options, context, observe, share));
    if (target.sink.store.reporting !== undefined) watched.follow?.(target.sink.store.reporting, ended.signal);
    const api = { apiProxy: proxyTo(options.apiUrl, context), apiAuthorities: await readAuthorities(options.apiCa) };
    const fields = await readFieldRules(options.fieldSelection, context);
    const ticker = processTicker(options.intervalMs);
    const clocks = { clock: systemClock, storeClock: systemClock };
    await run(
      { ...options, ...api, ...target, fields, fillCommand: fillCommand(context) },
      { signal: stop, observe, ...clocks, ticker, ...(share && { share }) },
    );
    return { kind: 'ended' };
  } catch (error) {
    if (stop.aborted && error === stop.reason) return { kind: 'ended' };
    const failure = failureOf(error, context.codes);
    log.fail(failure, error);
    alerts?.failed(failure.code, failure.what);
    return { kind: 'failed', failure };
  } finally {
    ended.abort();
    await alerts?.close();
    await log.close();
  }
}

/** Reports remarks about the options, doubtful variables, and unsafe things. */
function tellBeginning(options: RunOptions, context: CommandContext, log: RunLog, observe: Observer): void {
  for (const message of options.remarks) observe({ type: 'notice', level: 'info', code: 'CLI_OPTION_IDLE', message });
  for (const message of context.doubts) {
    observe({ type: 'notice', level: 'warn', code: 'CLI_VARIABLE_UNKNOWN', message });
  }
  const folders = { logs: log.folder, state: stateFolder(options) };
  for (const warning of startWarnings(options, context, folders)) {
    observe({ type: 'notice', ...warningNotice(warning) });
  }
}

async function storeTarget(
  { target, mirrorDeletions }: RunOptions,
  context: CommandContext,
  observe: Observer,
  share: RunShare | null,
) {
  const notify = (notice: SinkNotice) => observe({ type: 'notice', ...notice });
  const load = async (one: TargetOptions) =>
    asStore(await loadTarget(one, context, notify, share?.sinks ? { share: share.sinks } : {}));
  const sink = await load(target);
  if (mirrorDeletions && sink.store.mirroring === undefined) {
    const message = `--mirror-deletions: the sink of ${sink.target} cannot remove contacts. Leave the option out.`;
    throw new CliError('CLI_SINK_UNFIT', message);
  }
  const store = withHealthNotices(followUrlFile(sink, target, context, { notify, load }), notify, {
    remedyOf: (code) => context.codes[code]?.remedy ?? null,
    connectionsTo: context.connectionsTo,
  });
  return { sink: { ...sink, store }, delivery: null };
}

interface StoreLoading {
  readonly notify: (notice: SinkNotice) => void;
  readonly load: (target: TargetOptions) => Promise<LoadedStore>;
}

/** Returns the store whose URL is in a file: the login may be renewed there. */
function followUrlFile(
  loaded: LoadedStore,
  target: TargetOptions,
  context: CommandContext,
  { notify, load: loadOne }: StoreLoading,
): StoreSink {
  const file = context.values.get('url-file');
  if (file === undefined) return loaded.store;
  const load = async (url: string) => {
    context.guard.protect(secretsOf(new Map([['url', url]]), optionList));
    return await loadOne({ ...target, url });
  };
  const read = () => readSecretFile(file, 'url-file');
  return createRenewedStore(loaded, { file, url: target.url, read, load, notify, now: () => systemClock.monotonic() });
}

function observerOf(
  { mode, json, log: { console, level } }: RunOptions,
  { output, guard }: CommandContext,
  log: RunLog,
  watch: Observer,
): Observer {
  const daemon = isDaemon(mode);
  const show: Observer = json
    ? (event) => output.json(eventJson(event, { daemon }))
    : createConsoleReporter({ output, daemon, verbose: console, now: () => systemClock.monotonic() });
  return (event) => {
    watch(event);
    // Names every contact of the campaign: only a detailed log wants that.
    if (event.type === 'written' && level !== 'debug') return;
    const shown = withCappedTexts(event, guard.redact);
    log.observe(shown, { daemon });
    show(shown);
  };
}
