import { type LoadedStore, type Observer, processTicker, run, systemClock } from '@dbsync/core';
import type { SinkNotice, StoreSink } from '@dbsync/core/contract';
import { openAlerts, type TroubleReport } from '../alerts/open-alerts.js';
import { CliError } from '../cli-error.js';
import { type Ending, failureOf, type StopSignal } from '../exit-code.js';
import { readAuthorities } from '../options/api-ca.js';
import { optionList } from '../options/option-list.js';
import { type RunOptions, runOptions } from '../options/run-options.js';
import { readSecretFile } from '../options/secret-file.js';
import { secretsOf } from '../options/secrets.js';
import type { TargetOptions } from '../options/target-options.js';
import { withCappedTexts } from '../reporting/capped-text.js';
import { createConsoleReporter } from '../reporting/console-reporter.js';
import { eventJson, lineJson } from '../reporting/json-line.js';
import type { Metrics } from '../reporting/metrics.js';
import { openRunLog, type RunLog } from '../reporting/run-log.js';
import { packageVersion } from '../version.js';
import type { CommandContext } from './command-context.js';
import { fillCommand } from './fill-command.js';
import { withHealthNotices } from './health-notices.js';
import { asStore, loadTarget } from './load-target.js';
import { proxyTo } from './proxy-to.js';
import { readFieldRules } from './read-field-rules.js';
import { createRenewedStore } from './renewed-store.js';
import { startWarnings, stateFolder, warningNotice } from './start-warnings.js';
import { listenForStop } from './stop-signals.js';
import { webhookTarget } from './webhook-target.js';

/** The last limit: core drains within 30 s. */
const DRAIN_LIMIT_MS = 35_000;

/** Runs one of the four modes, from its options to its end. */
export async function runCommand(context: CommandContext): Promise<Ending> {
  const options = runOptions(context.values);
  process.title = `dbsync ${options.mode} ${options.campaign}`;
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const log = openRunLog(options, context);
  let alerts: TroubleReport | null = null;
  try {
    await using metrics = await metricsOf(options, context);
    const show = observerOf(options, context, log, metrics);
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
    for (const message of options.remarks) observe({ type: 'notice', level: 'info', code: 'CLI_OPTION_IDLE', message });
    for (const message of context.doubts) {
      observe({ type: 'notice', level: 'warn', code: 'CLI_VARIABLE_UNKNOWN', message });
    }
    const folders = { logs: log.folder, state: stateFolder(options) };
    for (const warning of startWarnings(options, context, folders)) {
      observe({ type: 'notice', ...warningNotice(warning) });
    }
    stop.signal.addEventListener('abort', () => observe({ type: 'stopping', reason: stoppingReason(stop.received) }));
    const target = await (options.mode === 'webhook' ? webhookTarget : storeTarget)(options, context, observe);
    const api = { apiProxy: proxyTo(options.apiUrl, context), apiAuthorities: await readAuthorities(options.apiCa) };
    const fields = await readFieldRules(options.fieldSelection, context);
    const ticker = processTicker(options.intervalMs);
    const clocks = { clock: systemClock, storeClock: systemClock };
    await run(
      { ...options, ...api, ...target, fields, fillCommand: fillCommand(context.values) },
      { signal: stop.signal, observe, ...clocks, ticker },
    );
    return endingOf(options, stop.received);
  } catch (error) {
    if (stop.received !== null && error === stop.signal.reason) return endingOf(options, stop.received);
    const failure = failureOf(error, context.codes);
    log.fail(failure, error);
    alerts?.failed(failure.code, failure.what);
    return { kind: 'failed', failure };
  } finally {
    await alerts?.close();
    await log.close();
  }
}

async function storeTarget({ target, mirrorDeletions }: RunOptions, context: CommandContext, observe: Observer) {
  const notify = (notice: SinkNotice) => observe({ type: 'notice', ...notice });
  const sink = asStore(await loadTarget(target, context, notify));
  if (mirrorDeletions && sink.store.mirroring === undefined) {
    const message = `--mirror-deletions: the sink of ${sink.target} cannot remove contacts. Leave the option out.`;
    throw new CliError('CLI_SINK_UNFIT', message);
  }
  const store = withHealthNotices(
    followUrlFile(sink, target, context, notify),
    notify,
    (code) => context.codes[code]?.remedy ?? null,
  );
  return { sink: { ...sink, store }, delivery: null };
}

/** Returns the store whose URL is in a file: the login may be renewed there. */
function followUrlFile(
  loaded: LoadedStore,
  target: TargetOptions,
  context: CommandContext,
  notify: (notice: SinkNotice) => void,
): StoreSink {
  const file = context.values.get('url-file');
  if (file === undefined) return loaded.store;
  const load = async (url: string) => {
    context.guard.protect(secretsOf(new Map([['url', url]]), optionList));
    return asStore(await loadTarget({ ...target, url }, context, notify));
  };
  const read = () => readSecretFile(file, 'url-file');
  return createRenewedStore(loaded, { file, url: target.url, read, load, notify, now: () => systemClock.monotonic() });
}

/** Returns the ending. A stop is the normal end of a daemon; any other run had work left. */
function endingOf({ mode }: RunOptions, signal: StopSignal | null): Ending {
  return signal === null || isDaemon(mode) ? { kind: 'done' } : { kind: 'stopped', signal };
}

function stoppingReason(signal: StopSignal | null): string {
  return `${signal} was received. dbsync finishes its writes first; a second signal ends the process at once.`;
}

function isDaemon(mode: RunOptions['mode']): boolean {
  return mode === 'db_sync' || mode === 'webhook';
}

/** Opens the metrics. Their modules are loaded only where they are wanted. */
async function metricsOf(options: RunOptions, { output, codes }: CommandContext): Promise<Metrics | null> {
  const { metrics: address, intervalMs, json } = options;
  if (address === null) return null;
  const { openMetrics } = await import('../reporting/metrics.js');
  const now = () => systemClock.monotonic();
  const metrics = await openMetrics(address, { intervalMs, codes, version: packageVersion(), now });
  const text = `Metrics: ${metrics.url}/metrics`;
  if (json) output.json(lineJson('log', 'info', { text }));
  else output.line(text);
  return metrics;
}

function observerOf(
  { mode, json, log: { console, level } }: RunOptions,
  { output, guard }: CommandContext,
  log: RunLog,
  metrics: Metrics | null,
): Observer {
  const daemon = isDaemon(mode);
  const show: Observer = json
    ? (event) => output.json(eventJson(event, { daemon }))
    : createConsoleReporter({ output, daemon, verbose: console, now: () => systemClock.monotonic() });
  return (event) => {
    metrics?.observe(event);
    // Names every contact of the campaign: only a detailed log wants that.
    if (event.type === 'written' && level !== 'debug') return;
    const shown = withCappedTexts(event, guard.redact);
    log.observe(shown, { daemon });
    show(shown);
  };
}
