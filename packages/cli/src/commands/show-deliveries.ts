import type { DeliveryDetails, DeliveryDetailsSelection } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { DeliveryDesk } from './delivery-desk.js';
import { detailsLines } from './delivery-details.js';

/** The most messages that one command shows. */
const SHOWN = 1_000;

/** Runs `deliveries show`: messages in full, each with its last attempts, whether they wait or not. */
export async function showDeliveries(desk: DeliveryDesk): Promise<void> {
  const { report, campaign, output, checked, signal } = desk;
  const shown: DeliveryDetails[] = [];
  for (const selection of selectionsOf(desk)) {
    const found = await report.details(campaign, selection, { limit: SHOWN, signal });
    if (found.length === 0 && !('all' in selection)) throw unknown(selection);
    shown.push(...found);
  }
  for (const details of shown) {
    if (checked.flag('json')) output.json({ type: 'delivery', ...details });
    else output.line(`${detailsLines(output.masked(details), output.columns, Date.now()).join('\n')}\n`);
  }
  if (shown.length >= SHOWN && !checked.flag('json')) output.line(`Only the first ${SHOWN} are shown.`);
}

function selectionsOf({ ids, checked }: DeliveryDesk): readonly DeliveryDetailsSelection[] {
  const selections: DeliveryDetailsSelection[] = ids.map((idStart) => ({ idStart }));
  const [contactId, transactionId] = [checked.text('contact'), checked.text('transaction')];
  if (contactId !== null) selections.push({ contactId });
  if (transactionId !== null) selections.push({ transactionId });
  if (checked.flag('all')) selections.push({ all: true });
  if (selections.length > 0) return selections;
  throw new CliError(
    'CLI_OPTION_MISSING',
    'deliveries show needs ids, as list shows them, --contact ID, --transaction ID, or --all.',
  );
}

function unknown(selection: DeliveryDetailsSelection): CliError {
  const what =
    'idStart' in selection ? `No delivery has an id that begins with ${selection.idStart}` : 'No delivery matches';
  return new CliError('CLI_DELIVERY_UNKNOWN', `${what}: neither one that waits nor one in the log of attempts.`);
}
