import type { CallOptions, SinkNotice, StoreSink } from '@dbsync/core/contract';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { type CheckedValues, checkedValues } from '../../options/checked-values.js';
import { targetOptions } from '../../options/target-options.js';
import { formatCounted } from '../../terminal/figures.js';
import { printReport } from '../../terminal/print-report.js';
import { campaignStatuses } from '../campaign-statuses.js';
import type { CommandContext } from '../command-context.js';
import { asStore, loadTarget } from '../load-target.js';
import { unlessStopped } from '../stop-signals.js';
import { type CampaignReport, campaignReport } from './campaign-report.js';
import { reportPeriod } from './report-period.js';

const DRAIN_LIMIT_MS = 5_000;
/** The most agents, outcomes and statuses that the report names. */
const NAMED = 25;

/**
 * Runs `report`: adds up the calls of a copy, and draws them as a page of HTML. It reads the target alone, and changes
 * nothing there.
 */
export async function reportCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'report takes no words. The file: --html FILE');
  const file = checked.text('html');
  const isJson = checked.flag('json');
  if (file === null && !isJson) {
    throw new CliError(
      'CLI_OPTION_MISSING',
      'Give --html FILE for the page, --html - for stdout, or --json for the figures.',
    );
  }
  if (file === '-' && isJson) {
    throw new CliError(
      'CLI_OPTION_CONFLICT',
      '--html - and --json both write to stdout. Give --html FILE, or one of them.',
    );
  }
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    // Checked before the database adds up all calls, and again when the page is written.
    if (file !== null && file !== '-') await (await import('./report-file.js')).checkReportFile(file);
    const report = await withStore(context, (store, target) => readReport(store, target, checked, { signal }), {
      signal,
    });
    if (file !== null) {
      const { reportPage } = await import('./page/report-page.js');
      const page = reportPage(output.masked(report));
      if (file === '-') output.line(page.trimEnd());
      else await (await import('./report-file.js')).writeReportFile(file, page);
    }
    if (file !== '-') printReport(context, report, { lines: (masked) => linesOf(masked, file ?? '') });
    return { kind: 'done' };
  });
}

async function withStore<T>(
  context: CommandContext,
  work: (store: StoreSink, target: string) => Promise<T>,
  options: CallOptions,
): Promise<T> {
  const sink = await loadTarget(targetOptions(context.values), context, ignoreNotice, { onlyLooks: true });
  const { store, target } = asStore(sink);
  try {
    await store.open(options);
    return await work(store, target);
  } finally {
    await store.close();
  }
}

/** Ignores a notice: the report is all that this command is asked for. */
function ignoreNotice(_notice: SinkNotice): void {}

async function readReport(
  store: StoreSink,
  target: string,
  checked: CheckedValues,
  options: CallOptions,
): Promise<CampaignReport> {
  const { summarising, reporting } = store;
  if (summarising === undefined || reporting === undefined) {
    throw new CliError('CLI_REPORT_UNFIT', `The sink of ${target} cannot add up calls for a report.`);
  }
  const campaign = checked.isGiven('campaign') ? checked.required('campaign') : null;
  const remedy = 'A report of all campaigns there: leave out --campaign';
  const statuses = await campaignStatuses(reporting, { campaign, target, remedy }, options);
  const nowMs = Date.now();
  const timeZone = checked.text('time-zone') ?? (await zoneOfViews(store, options));
  const period = reportPeriod(checked, timeZone, nowMs);
  const summary = await summarising.summarise({ timeZone, ...period, campaign, most: NAMED }, options);
  return campaignReport({ target, campaign, timeZone, ...period, statuses, summary, nowMs });
}

/** Returns the zone of the installed views; UTC where there are none. */
async function zoneOfViews({ viewing }: StoreSink, options: CallOptions): Promise<string> {
  const [view] = (await viewing?.describeViews({ timeZone: null }, options)) ?? [];
  return view?.timeZone ?? 'UTC';
}

function linesOf({ firstDay, lastDay, timeZone, totals }: CampaignReport, file: string): readonly string[] {
  return [`${file}: ${formatCounted(totals.calls, 'call')} from ${firstDay} to ${lastDay} (${timeZone})`];
}
