import { createOutbox, type DeliveryReport, type DeliverySummary } from '@dbsync/core';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { outboxOptions } from '../options/outbox-options.js';
import { stateFile } from '../options/state-file.js';
import type { CommandContext } from './command-context.js';
import { acceptedTable, summaryLines, waitingTable } from './delivery-text.js';
import { listenForStop } from './stop-signals.js';

const DRAIN_LIMIT_MS = 5_000;
const PAGE = 500;
const ACCEPTED_SHOWN = 10;

/** What is asked of a report. */
interface Desk {
  readonly report: DeliveryReport;
  readonly campaign: string;
  readonly failedOnly: boolean;
  readonly output: CommandContext['output'];
  readonly signal: AbortSignal;
}

/** `deliveries`: what waits in the outbox of a campaign, what fails and why; beside a running daemon or without one. */
export async function deliveriesCommand({ values, output }: CommandContext): Promise<Ending> {
  const checked = checkedValues(values);
  checked.require(['campaign']);
  const campaign = checked.required('campaign');
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const { signal } = stop;
  const { store, report } = createOutbox({
    file: stateFile(outboxOptions(checked), campaign),
    campaign,
    ifMissing: 'refuse',
  });
  try {
    await store.open({ signal });
    const desk = { report, campaign, failedOnly: checked.flag('failed'), output, signal };
    const summary = await report.summary(campaign, { signal });
    if (checked.flag('json')) await printJson(desk, summary);
    else await printText(desk, summary);
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}

async function printJson(desk: Desk, summary: DeliverySummary): Promise<void> {
  const { output, failedOnly } = desk;
  output.json({ type: 'summary', ...summary });
  for await (const page of waitingPages(desk))
    for (const delivery of page) output.json({ type: 'waiting', ...delivery });
  if (failedOnly) return;
  for (const delivery of await accepted(desk)) output.json({ type: 'accepted', ...delivery });
}

async function printText(desk: Desk, summary: DeliverySummary): Promise<void> {
  const { output, campaign, failedOnly } = desk;
  output.line(summaryLines(campaign, summary).join('\n'));
  for await (const page of waitingPages(desk)) output.line(`\n${waitingTable(page).join('\n')}`);
  const last = failedOnly ? [] : await accepted(desk);
  if (last.length > 0) output.line(`\nAccepted last:\n${acceptedTable(last).join('\n')}`);
}

function accepted({ report, campaign, signal }: Desk) {
  return report.listAccepted(campaign, { limit: ACCEPTED_SHOWN, signal });
}

async function* waitingPages({ report, campaign, failedOnly, signal }: Desk) {
  let after: number | undefined;
  do {
    const options = { failedOnly, limit: PAGE, signal, ...(after === undefined ? {} : { after }) };
    const page = await report.listWaiting(campaign, options);
    if (page.length > 0) yield page;
    after = page.length < PAGE ? undefined : page.at(-1)?.place;
  } while (after !== undefined);
}
