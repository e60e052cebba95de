import { createHash } from 'node:crypto';
import { createRunShare, type Observer, type RunShare, systemClock } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { type CampaignRunner, startCampaignRunner } from '../campaigns/campaign-runner.js';
import { type AppliedChanges, createCampaignSet, type WantedCampaign } from '../campaigns/campaign-set.js';
import { labelledOutput } from '../campaigns/labelled-output.js';
import { createStartQueue, type StartPlace, type StartQueue } from '../campaigns/start-queue.js';
import { contextFrom } from '../config/campaign-context.js';
import { overriddenNames } from '../config/campaign-values.js';
import { chosenCampaigns } from '../config/choose-campaign.js';
import { type ConfigCampaign, plainValues } from '../config/config-file.js';
import { configWarnings } from '../config/config-warnings.js';
import { knownOptions } from '../config/known-options.js';
import { connectionsOfFile } from '../config/needed-connections.js';
import { type ReadConfig, readConfig, refuseProblems } from '../config/read-config.js';
import { type Ending, type Failure, failureOf } from '../exit-code.js';
import { restrainHeapOfMany } from '../heap-growth.js';
import { isDaemon } from '../options/daemon-mode.js';
import { type RunOptions, runOptions } from '../options/run-options.js';
import { createCampaignBoard } from '../reporting/campaign-board.js';
import type { Metrics } from '../reporting/metrics.js';
import { openServiceNotice, type ServiceNotice } from '../reporting/service-notice.js';
import { formatCounted } from '../terminal/figures.js';
import { printFailure } from '../terminal/print-failure.js';
import { printNotice } from '../terminal/print-notice.js';
import { type CampaignEnd, runCampaign } from './campaign-run.js';
import type { CommandContext } from './command-context.js';
import { metricsOf } from './metrics-of.js';
import { listenForReload } from './reload-signal.js';
import { listenForStop, RUN_DRAIN_MS, stoppingReason } from './stop-signals.js';

/** The parts that all campaigns of the process share. */
interface Shared {
  readonly context: CommandContext;
  readonly json: boolean;
  readonly metrics: Metrics | null;
  readonly service: ServiceNotice | null;
  readonly share: RunShare;
  readonly starts: StartQueue;
  /** The last work of each campaign before an error outside of any promise ends the process. */
  readonly lastWorks: Map<string, (failure: Failure) => Promise<void>>;
}

/** The most campaigns that together use the memory of a copy of one. */
const FEW_CAMPAIGNS = 10;

/** Runs all campaigns of the file of `--config`, until all have ended or a signal stops them. */
export async function runConfig(context: CommandContext): Promise<Ending> {
  const file = context.values.get('config') ?? '';
  const config = await readConfig(file, context);
  refuseProblems(config);
  const { json, metrics: address, sharedRequests, sharedConnections } = knownOptions(config.ofProcess);
  const first = wantedOf(config, context);
  using stop = listenForStop(RUN_DRAIN_MS);
  await using metrics = await metricsOf({ json, metrics: address }, context, { hasMany: true });
  const tell = (notice: SinkNotice) => printNotice(notice, context.output, json);
  const service = openServiceNotice({ variables: context.variables, notify: tell });
  await using reports = new AsyncDisposableStack();
  reports.defer(async () => service?.close());
  const share = createRunShare({ requests: sharedRequests, connections: sharedConnections });
  const campaigns = createCampaignSet();
  let intervalsMs: readonly number[] = [];
  const starts = createStartQueue({ clock: systemClock, intervalsMs: () => intervalsMs });
  const shared: Shared = { context, json, metrics, service, share, starts, lastWorks: new Map() };
  context.beforeEnd?.(async (failure) => {
    await Promise.all([...shared.lastWorks.values()].map((work) => work(failure)));
  });
  for (const notice of beginning(config, context)) tell(notice);
  if (metrics?.warning != null) tell(metrics.warning);
  process.title = `dbsync run: ${formatCounted(first.length, 'campaign')}`;

  const apply = async (now: ReadConfig) => {
    const wanted = wantedOf(now, context);
    if (wanted.length > FEW_CAMPAIGNS) restrainHeapOfMany();
    const connectionsTo = tellOnce(now, context);
    intervalsMs = wanted.map(({ options }) => options.intervalMs);
    return campaigns.apply(
      await Promise.all(wanted.map((one) => toStart(one, now, { ...shared, context: { ...context, connectionsTo } }))),
    );
  };
  await apply(config);
  using _ = listenForReload(async () => {
    for (const notice of await reloaded(config, context, apply)) tell(notice);
  });
  const stopAll = () => void campaigns.stop(stoppingReason(stop.received));
  stop.signal.addEventListener('abort', stopAll);
  // The signal may have come while the campaigns were started.
  if (stop.signal.aborted) stopAll();
  const failures = await campaigns.ended();
  share.close();
  if (stop.received !== null) {
    const isDone = campaigns.boards.every(({ mode }) => isDaemon(mode));
    return isDone ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
  }
  const [failure] = failures;
  return failure === undefined ? { kind: 'done' } : { kind: 'failed', failure };
}

/** Returns the number of connections for the first campaign of each server alone: one warning says all. */
function tellOnce(config: ReadConfig, context: CommandContext): NonNullable<CommandContext['connectionsTo']> {
  const reported = new Set<string>();
  let needed: ReturnType<typeof connectionsOfFile> | null = null;
  return async (server) => {
    if (reported.has(server)) return undefined;
    reported.add(server);
    needed ??= connectionsOfFile(config, context);
    return (await needed).find((each) => each.server === server)?.most;
  };
}

/** A campaign of the file that runs here, with its options as far as they are known before its start. */
interface Wanted {
  readonly campaign: ConfigCampaign;
  readonly options: RunOptions;
}

function wantedOf(config: ReadConfig, { values }: CommandContext): readonly Wanted[] {
  const stronger = new Map(values);
  stronger.delete('campaign');
  return chosenCampaigns(config.campaigns, values.get('campaign')).map((campaign) => ({
    campaign,
    options: knownOptions(new Map([...plainValues(campaign.layer), ...stronger])),
  }));
}

/** Returns the notices of a start: doubtful variables, secrets in the file, and keys that do not count. */
function beginning(config: ReadConfig, { values, variables, doubts }: CommandContext): readonly SinkNotice[] {
  const unknown = doubts.map((message): SinkNotice => ({ level: 'warn', code: 'CLI_VARIABLE_UNKNOWN', message }));
  const warnings = configWarnings(config.file, config, { options: config.options, variables });
  const names = overriddenNames(
    config.campaigns.map(({ layer }) => layer),
    values,
  );
  if (names.length === 0) return [...unknown, ...warnings];
  const message = `${names.map((name) => `--${name}`).join(', ')}: given on the command line or in the environment. They replace the values of the file for all campaigns.`;
  return [...unknown, ...warnings, { level: 'warn', code: 'CLI_CONFIG_OVERRIDDEN', message }];
}

async function toStart({ campaign, options }: Wanted, config: ReadConfig, shared: Shared): Promise<WantedCampaign> {
  const { name } = campaign;
  const now = await contextFrom(config, campaign, shared.context).catch(() => null);
  return {
    name,
    print: now === null ? null : printOf(now),
    start: () => startCampaign(campaign, options, config, shared),
  };
}

/** Returns a text that differs when an option or a secret does. It holds none of them. */
function printOf({ values }: CommandContext): string {
  return createHash('sha256')
    .update(JSON.stringify([...values].sort()))
    .digest('hex');
}

function startCampaign(
  campaign: ConfigCampaign,
  options: RunOptions,
  config: ReadConfig,
  shared: Shared,
): CampaignRunner {
  const { context, json, metrics, service, share, starts, lastWorks } = shared;
  const { name } = campaign;
  const output = labelledOutput(context.output, name);
  const now = () => systemClock.monotonic();
  const board = createCampaignBoard({ ...options, name, now });
  const followed = metrics?.follow(board);
  const beforeEnd: CommandContext['beforeEnd'] = (work) => lastWorks.set(name, work);
  const ownContext = { ...context, operands: [], doubts: [], output, beforeEnd };

  const runOnce = async (stop: AbortSignal, stopReason: () => string, place: StartPlace): Promise<CampaignEnd> => {
    const life = service?.follow(options.intervalMs);
    try {
      const own = await contextFrom(config, campaign, ownContext);
      const observe: Observer = (event) => {
        board.observe(event);
        followed?.observe(event);
        life?.observe(event);
        place.hear(event);
      };
      const watch = async () => ({ observe, follow: followed?.follow ?? null, warning: null });
      return await runCampaign(runOptions(own.values), own, { stop, stopReason, watch, share });
    } catch (error) {
      return { kind: 'failed', failure: failureOf(error, context.codes) };
    } finally {
      life?.end();
    }
  };
  return startCampaignRunner({
    board,
    clock: systemClock,
    starts,
    runOnce,
    close: () => {
      followed?.[Symbol.dispose]();
      lastWorks.delete(name);
    },
    tell(failure, { code, message }) {
      printFailure(failure, output, json);
      printNotice({ level: 'warn', code, message }, output, json);
    },
  });
}

/** Reads the file again and applies its changes. Returns the notices about it. */
async function reloaded(
  before: ReadConfig,
  context: CommandContext,
  apply: (now: ReadConfig) => Promise<AppliedChanges>,
): Promise<readonly SinkNotice[]> {
  try {
    const now = await readConfig(before.file, context);
    refuseProblems(now);
    const { kept, ...changes } = await apply(now);
    const text = Object.entries(changes).flatMap(([what, names]) =>
      names.length === 0 ? [] : [`${what} ${names.join(', ')}`],
    );
    const message = `${before.file} was read again: ${text.length === 0 ? 'no campaign has changed' : text.join('; ')}.`;
    return [
      { level: 'info', code: 'CLI_CONFIG_APPLIED', message },
      ...keptNotices(kept),
      ...processNotices(before, now),
    ];
  } catch (error) {
    const { message } = failureOf(error, context.codes);
    return [{ level: 'warn', code: 'CLI_CONFIG_KEPT', message: `The campaigns continue without a change. ${message}` }];
  }
}

function keptNotices(kept: readonly string[]): readonly SinkNotice[] {
  if (kept.length === 0) return [];
  const message = `${kept.join(', ')}: the secrets cannot be read now, so these campaigns continue without a change.`;
  return [{ level: 'warn', code: 'CLI_CONFIG_KEPT', message }];
}

/** Names the keys of the whole process that have changed: they hold from the next start on. */
function processNotices(before: ReadConfig, now: ReadConfig): readonly SinkNotice[] {
  const names = new Set([...before.process.keys(), ...now.process.keys()]);
  const changed = [...names].filter((name) => before.process.get(name) !== now.process.get(name));
  if (changed.length === 0) return [];
  const message = `${changed.join(', ')}: changed in the file; this holds from the next start of dbsync on.`;
  return [{ level: 'warn', code: 'CLI_CONFIG_NEEDS_START', message }];
}
