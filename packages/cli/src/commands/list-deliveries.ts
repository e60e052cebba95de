import type { DeliverySummary, WaitingContact } from '@dbsync/core/cli-kit';
import type { DeliveryDesk } from './delivery-desk.js';
import { acceptedTable, actLines, contactLines, standLines, summaryLines } from './delivery-text.js';

const PAGE = 500;
const ACCEPTED_SHOWN = 10;
const ACTS_SHOWN = 5;

/**
 * Runs `deliveries list`: the state of deliveries, waiting messages by contact, the last accepted ones, and the last
 * acts.
 */
export async function listDeliveries(desk: DeliveryDesk): Promise<void> {
  const { report, control, campaign, checked, signal } = desk;
  const summary = await report.summary(campaign, { signal });
  const state = await control.state(campaign, { signal });
  if (checked.flag('json')) {
    desk.output.json({ type: 'summary', ...summary });
    desk.output.json({ type: 'state', ...state });
    await printJson(desk);
    return;
  }
  desk.output.line(standLines(campaign, desk.output.masked(state), Date.now()).join('\n'));
  await printText(desk, summary);
}

async function printJson(desk: DeliveryDesk): Promise<void> {
  const { output, report, campaign, signal, checked } = desk;
  const page = (after: number | undefined) => report.listWaiting(campaign, pageOptions(desk, after));
  for await (const deliveries of pagesOf(page)) {
    for (const delivery of deliveries) output.json({ type: 'waiting', ...delivery });
  }
  if (checked.flag('failed')) return;
  for (const delivery of await accepted(desk)) output.json({ type: 'accepted', ...delivery });
  for (const act of await desk.control.list(campaign, { limit: ACTS_SHOWN, signal })) {
    output.json({ type: 'act', ...act });
  }
}

async function printText(desk: DeliveryDesk, summary: DeliverySummary): Promise<void> {
  const { output, campaign, report, control, signal, checked } = desk;
  const { columns } = output;
  output.line(summaryLines(summary).join('\n'));
  const page = (after: number | undefined): Promise<readonly WaitingContact[]> =>
    report.listContacts(campaign, pageOptions(desk, after));
  for await (const contacts of pagesOf(page))
    output.line(`\n${contactLines(output.masked(contacts), columns, Date.now()).join('\n')}`);
  if (checked.flag('failed')) return;
  const last = await accepted(desk);
  if (last.length > 0) output.line(`\nAccepted last:\n${acceptedTable(output.masked(last)).join('\n')}`);
  const acts = await control.list(campaign, { limit: ACTS_SHOWN, signal });
  if (acts.length > 0) output.line(`\nActs:\n${actLines(output.masked(acts), columns).join('\n')}`);
}

function pageOptions({ checked, signal }: DeliveryDesk, after: number | undefined) {
  return { failedOnly: checked.flag('failed'), limit: PAGE, signal, ...(after === undefined ? {} : { after }) };
}

function accepted({ report, campaign, signal }: DeliveryDesk) {
  return report.listAccepted(campaign, { limit: ACCEPTED_SHOWN, signal });
}

async function* pagesOf<Row extends { readonly place: number }>(
  read: (after: number | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let after: number | undefined;
  do {
    const page = await read(after);
    if (page.length > 0) yield page;
    after = page.length < PAGE ? undefined : page.at(-1)?.place;
  } while (after !== undefined);
}
