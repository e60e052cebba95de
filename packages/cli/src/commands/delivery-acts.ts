import type { DeliveryAct, DeliverySelection, RecordedAct } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import { parseSince } from '../options/since.js';
import { formatCounted } from '../terminal/figures.js';
import type { DeliveryDesk } from './delivery-desk.js';
import { operatorName } from './operator-name.js';
import { waited } from './stop-signals.js';

export type ActName = DeliveryAct['act'];

/** The wait for the daemon, which looks each second. A long act continues after the command has ended. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 100;

/**
 * Posts an act, and waits until the process that holds the campaign has carried it out. Where no process runs, the next
 * one does so at its start, before it sends anything.
 */
export async function actOnDeliveries(name: ActName, desk: DeliveryDesk): Promise<void> {
  const { control, campaign, output, checked, signal } = desk;
  const act = await actOf(name, desk);
  const json = checked.flag('json');
  const by = operatorName();
  const { holder, replayableFromMs } = await control.state(campaign, { signal });
  const nr = await control.ask(campaign, act, { by, signal });
  if (json) output.json({ type: 'requested', nr, by, ...act });
  if (act.act === 'replay' && !json) tellReach(desk, act.sinceMs, replayableFromMs);
  const done = holder === null ? undefined : await waitFor(nr, desk);
  if (done) {
    if (json) output.json({ type: 'done', ...done });
    else output.line(doneText(done));
    return;
  }
  if (json) return;
  output.line(
    holder === null
      ? `No process delivers campaign ${campaign} now: the next one does it at its start, before it sends anything.`
      : `Recorded as act ${nr}. The process that holds campaign ${campaign} (pid ${holder.pid}) still works on it; dbsync deliveries shows when it is done.`,
  );
}

async function actOf(name: ActName, desk: DeliveryDesk): Promise<DeliveryAct> {
  if (name === 'pause' || name === 'resume') return { act: name };
  if (name !== 'replay') return { act: name, selection: await selectionOf(name, desk) };
  const { checked } = desk;
  const sinceMs = instantOf(checked.text('since'), '--since (--s)');
  const untilMs = checked.isGiven('until') ? instantOf(checked.text('until'), '--until') : Date.now();
  if (sinceMs >= untilMs) throw new CliError('CLI_OPTION_VALUE', '--until must be later than --since (--s).');
  return { act: 'replay', sinceMs, untilMs, ...(checked.flag('even-if-deleted') && { evenIfDeleted: true }) };
}

function instantOf(text: string | null, option: string): number {
  const instant = parseSince(text?.trim() ?? '');
  if (instant !== null) return Date.parse(instant);
  throw new CliError('CLI_OPTION_VALUE', `${option} takes 2024-01-31 or 2024-01-31T12:00:00, in UTC.`);
}

async function selectionOf(name: string, desk: DeliveryDesk): Promise<DeliverySelection> {
  const { ids, checked } = desk;
  const contactId = checked.text('contact');
  const all = checked.flag('all');
  const ways = [ids.length > 0, contactId !== null, all].filter((isGiven) => isGiven).length;
  if (ways > 1)
    throw new CliError('CLI_OPTION_CONFLICT', `deliveries ${name} takes ids, --contact or --all: give one.`);
  if (contactId !== null) return { contactId };
  if (all) return { all };
  if (ids.length > 0) return { ids: await Promise.all(ids.map((start) => waitingId(start, desk))) };
  const message = `deliveries ${name} needs ids, as list shows them, --contact ID, or --all.`;
  throw new CliError('CLI_OPTION_MISSING', message);
}

/** Returns the whole id of the one waiting message whose id begins so. */
async function waitingId(idStart: string, { report, campaign, signal }: DeliveryDesk): Promise<string> {
  const found = await report.details(campaign, { idStart }, { limit: 50, signal });
  const waiting = found.filter((details) => details.waiting !== null);
  const [only, second] = waiting;
  if (only !== undefined && second === undefined) return only.id;
  const what =
    second === undefined
      ? `No waiting delivery has an id that begins with ${idStart}. To see deliveries that were given up: dbsync dead-letters list.`
      : `Several deliveries have an id that begins with ${idStart}.`;
  throw new CliError('CLI_DELIVERY_UNKNOWN', what);
}

async function waitFor(nr: number, { control, signal }: DeliveryDesk): Promise<RecordedAct | undefined> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    const act = await control.find(nr, { signal });
    if (act?.doneMs != null) return act;
    if (!(await waited(LOOK_MS, signal))) return undefined;
  }
  return undefined;
}

function tellReach({ output }: DeliveryDesk, sinceMs: number, reachMs: number | null): void {
  if (reachMs !== null && reachMs <= sinceMs) return;
  output.line(
    reachMs === null
      ? 'No accepted message is kept whole, so none can be sent again: see --webhook-keep-accepted.'
      : `Messages accepted before ${new Date(reachMs).toISOString()} are not kept whole any more: they cannot be sent again.`,
  );
}

const EFFECTS = {
  retry: 'due at once',
  drop: 'dead letters now: see dbsync dead-letters list',
  replay: 'queued again, under the same ids',
} as const;

function doneText({ act, done, passedOver, gone }: RecordedAct): string {
  if (act === null || act.act === 'pause') return 'Deliveries are paused: new ones are queued, and none is sent.';
  if (act.act === 'resume') return 'Deliveries are sent again.';
  const lines = [`${formatCounted(done, 'message')} ${done === 1 ? 'is' : 'are'} ${EFFECTS[act.act]}.`];
  if (passedOver > 0) lines.push(`${formatCounted(passedOver, 'message')} left unchanged: ${LEFT[act.act]}.`);
  if (gone > 0)
    lines.push(`${formatCounted(gone, 'message')} cannot be sent again, since their bodies are no longer kept.`);
  return lines.join('\n');
}

const LEFT = {
  retry: 'under way, due already, or behind another of their contact',
  drop: 'under way',
  replay:
    'a newer version was sent or waits, they wait already, or the campaign has deleted their contact (--even-if-deleted)',
} as const;
