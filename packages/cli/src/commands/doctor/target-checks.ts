import type { LoadedEndpoint, LoadedSink, LoadedStore } from '@dbsync/core';
import { type CallOptions, type Finding, isSinkError, type SinkNotice } from '@dbsync/core/contract';
import { failureOf } from '../../exit-code.js';
import type { RunOptions } from '../../options/run-options.js';
import type { TargetOptions } from '../../options/target-options.js';
import type { CommandContext } from '../command-context.js';
import { codeOfRemedy, findingsOf } from '../health-notices.js';
import { asEndpoint, asStore, loadTarget } from '../load-target.js';
import { proxyTo } from '../proxy-to.js';
import { sampleDelivery } from '../sample-delivery.js';
import { ofSink, type Tell } from './doctor-finding.js';
import { type HostLookup, isLookupHanging, lookUpHost, noAddress } from './host-lookup.js';
import { notChecked, type PartOfDoctor } from './run-parts.js';

/** The choices for the checks of the target. */
export interface TargetChecks {
  /** null: `--url` was not given. */
  readonly target: TargetOptions | null;
  /** The mode of the run; null: `--mode` was not given. */
  readonly mode: RunOptions['mode'] | null;
  /** True: the receiver of webhooks gets one sample delivery. */
  readonly sendsSample: boolean;
}

const CHECKS = ['sink', 'login', 'health'] as const;
const DEADLINE_MS = 40_000;

/** Checks the sink of the target, the login, and all that the sink itself knows to check. */
export function targetChecks(
  { target, mode, sendsSample }: TargetChecks,
  context: CommandContext,
  lookup: HostLookup = lookUpHost,
): PartOfDoctor {
  return {
    part: 'target',
    checks: CHECKS,
    deadlineMs: DEADLINE_MS,
    run: async (tellPart, signal) => {
      const reported: string[] = [];
      const tell: Tell = (finding) => {
        reported.push(finding.what);
        tellPart(finding);
      };
      if (target === null) {
        for (const check of CHECKS) tell(notChecked(check, '--url was not given', 'dbsync doctor --url TARGET'));
        return;
      }
      const notices: SinkNotice[] = [];
      const looking = { onlyLooks: true, copyMayBeMissing: true };
      const sink = await loadTarget(target, context, (notice) => void notices.push(notice), looking);
      if (mode !== null) refuseOtherKind(sink, mode);
      tell({ check: 'sink', level: 'pass', what: `${sink.packageName} ${sink.version} serves ${sink.target}` });
      // Through a proxy this machine never looks the receiver up.
      const host = hostOf(proxyTo(target.url, context) ?? sink.target);
      // Where the lookup hangs, that of the driver would hang too, and the process could not end.
      if (!(await isLookupAnswered(host, lookup, tell, signal))) return;
      if (sink.kind === 'store') await checkStore(sink, tell, { signal, connectionsTo: context.connectionsTo });
      else await checkEndpoint(sink, sendsSample, tell, { signal });
      for (const { level, code, message } of notices) {
        // A health check may have found the same.
        if (level !== 'warn' || reported.some((what) => message.startsWith(what))) continue;
        const remedy = context.codes[code]?.remedy ?? null;
        tell({ check: 'notice', level: 'warn', what: `${code}: ${message}`, remedy });
      }
    },
  };
}

/** Throws what a run of this mode throws for such a sink. */
function refuseOtherKind(sink: LoadedSink, mode: RunOptions['mode']): void {
  if (mode === 'webhook') asEndpoint(sink);
  else asStore(sink);
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

/** Names a host without an address; the login then fails as well. Returns false where no answer came. */
async function isLookupAnswered(host: string, lookup: HostLookup, tell: Tell, signal: AbortSignal): Promise<boolean> {
  if (host === '' || host.includes('%')) return true;
  try {
    await lookup(host, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    tell(noAddress(host, error));
    return !isLookupHanging(error);
  }
}

async function checkStore(
  { store, errorCodes }: LoadedStore,
  tell: Tell,
  { connectionsTo, ...options }: CallOptions & Pick<CommandContext, 'connectionsTo'>,
): Promise<void> {
  try {
    await store.open(options);
    tell({ check: 'login', level: 'pass', what: 'The database can be opened' });
    for (const finding of await findingsOf(store, connectionsTo, options)) tell(ofHealth(finding, errorCodes));
  } catch (error) {
    tellFailure(error, errorCodes, tell);
  } finally {
    await closed(store);
  }
}

async function checkEndpoint(
  { endpoint, errorCodes }: LoadedEndpoint,
  sendsSample: boolean,
  tell: Tell,
  options: CallOptions,
): Promise<void> {
  try {
    await endpoint.open(options);
    tell({ check: 'login', level: 'pass', what: 'The settings of the receiver can be used' });
    const findings = await endpoint.checkHealth(options);
    for (const finding of findings) tell(ofHealth(finding, errorCodes));
    if (!sendsSample) {
      tell(notChecked('sample', '--no-sample was given'));
    } else if (findings.some(({ level }) => level === 'fail')) {
      tell(notChecked('sample', 'health failed'));
    } else tell(await sentSample({ endpoint }, options));
  } catch (error) {
    tellFailure(error, errorCodes, tell);
  } finally {
    await closed(endpoint);
  }
}

/** Sends the sample of `webhook test`. */
async function sentSample({ endpoint }: Pick<LoadedEndpoint, 'endpoint'>, options: CallOptions) {
  const [verdict] = await endpoint.deliver([sampleDelivery()], options);
  if (verdict?.verdict === 'accepted') {
    return { check: 'sample', level: 'pass', what: 'The receiver accepted a sample delivery' } as const;
  }
  const what = `The receiver did not accept a sample delivery: ${verdict?.reason ?? 'no verdict'}`;
  return {
    check: 'sample',
    level: 'fail',
    what,
    remedy: 'dbsync webhook test --url TARGET shows request and answer',
  } as const;
}

/** A finding that only names a code gets the remedy of that code. */
function ofHealth(finding: Finding, codes: LoadedStore['errorCodes']): ReturnType<typeof ofSink> {
  const code = codeOfRemedy(finding.remedy ?? '');
  const remedy = code === null ? undefined : codes[code]?.remedy;
  return ofSink('health', { ...finding, remedy: remedy ?? finding.remedy });
}

function tellFailure(error: unknown, codes: LoadedStore['errorCodes'], tell: Tell): void {
  const { code, message, remedy } = failureOf(error, codes);
  const isLogin = isSinkError(error);
  tell({ check: isLogin ? 'login' : 'health', level: 'fail', what: `${code}: ${message}`, remedy });
}

/** Closes the sink. A sink that hangs is given up: the process ends soon. */
async function closed(sink: { close(): Promise<void> }): Promise<void> {
  const waited = Promise.withResolvers<void>();
  const patience = setTimeout(waited.resolve, 5_000);
  await Promise.race([sink.close().catch(() => {}), waited.promise]);
  clearTimeout(patience);
}
